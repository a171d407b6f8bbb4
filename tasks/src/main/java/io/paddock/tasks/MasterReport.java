package io.paddock.tasks;

/**
 * What a master says of itself on its port.
 *
 * @param name as in {@code /master}
 * @param active whether it holds it
 * @param epoch the number of its term
 * @param known how many tasks it knows, finished ones included
 * @param waiting how many are to be assigned
 * @param finished how many finished ones are kept
 * @param dead how many dead letters are kept
 * @param recoveryMs how long it took to read the tree, in milliseconds
 */
public record MasterReport(
    String name,
    boolean active,
    int epoch,
    int known,
    int waiting,
    int finished,
    int dead,
    long recoveryMs) {}
