package io.paddock.tasks;

import java.time.Clock;
import java.util.Map;

/**
 * How a worker works.
 *
 * @param slots how many tasks at once
 * @param sessionTimeoutMs what it asks the server for
 * @param heartbeatMs how often a long attempt says that it runs
 * @param graceMs how long a process has between TERM and KILL
 * @param outputBytesMax how much of an attempt's output is kept
 * @param handlers by task type
 */
record WorkerSettings(
    int slots,
    int sessionTimeoutMs,
    long heartbeatMs,
    long graceMs,
    int outputBytesMax,
    Map<String, TaskHandler> handlers,
    Clock clock) {}
