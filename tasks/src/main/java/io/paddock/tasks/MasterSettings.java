package io.paddock.tasks;

import java.time.Clock;

/**
 * How a master works.
 *
 * @param name what stands in {@code /master}, {@code host:port}
 * @param sessionTimeoutMs what it asks the server for
 * @param batchMax how many assignments go into one transaction
 * @param inflightMax how many transactions may be unanswered
 */
record MasterSettings(
    String name,
    int sessionTimeoutMs,
    int batchMax,
    int inflightMax,
    TaskLimits limits,
    Clock clock) {}
