package io.paddock.tasks;

/**
 * A worker as read at one time.
 *
 * @param id its name
 * @param info what it says of itself
 * @param assigned how many tasks it has
 */
public record WorkerView(String id, WorkerInfo info, int assigned) {}
