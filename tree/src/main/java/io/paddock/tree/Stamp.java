package io.paddock.tree;

/**
 * What the leader gives a transaction, and a change leaves in a stat.
 *
 * @param timeMs wall clock, milliseconds since 1970
 */
public record Stamp(long zxid, long timeMs) {}
