package io.paddock.metrics;

import java.util.Locale;

/**
 * Durations and sizes recorded with every request, transaction or burst of them, by each thread for
 * itself: {@link ThreadMetrics}. The names are ZooKeeper's, in lower case; docs/metrics.md says
 * what each means here.
 */
public enum HotSummary {
  // The core.
  PREP_PROCESSOR_QUEUE_SIZE(Unit.NUMBER, false),
  PREP_PROCESSOR_QUEUE_TIME_MS(Unit.NANOS, true),
  PREP_PROCESS_TIME(Unit.NANOS, false),
  CLOSE_SESSION_PREP_TIME(Unit.NANOS, true),
  PROPOSAL_PROCESS_TIME(Unit.NANOS, false),
  PROPAGATION_LATENCY(Unit.NUMBER, true),
  QUORUM_ACK_LATENCY(Unit.NUMBER, true),
  PROPOSAL_LATENCY(Unit.NUMBER, true),
  COMMIT_PROPAGATION_LATENCY(Unit.NUMBER, true),
  LEARNER_REQUEST_PROCESSOR_QUEUE_SIZE(Unit.NUMBER, false),

  // The journal.
  SYNC_PROCESSOR_QUEUE_SIZE(Unit.NUMBER, false),
  SYNC_PROCESSOR_QUEUE_TIME_MS(Unit.NANOS, true),
  SYNC_PROCESSOR_QUEUE_FLUSH_TIME_MS(Unit.NANOS, true),
  SYNC_PROCESSOR_QUEUE_AND_FLUSH_TIME_MS(Unit.NANOS, true),
  SYNC_PROCESS_TIME(Unit.NANOS, false),

  // The client loops.
  NODE_CREATED_WATCH_COUNT(Unit.NUMBER, false),
  NODE_DELETED_WATCH_COUNT(Unit.NUMBER, false),
  NODE_CHANGED_WATCH_COUNT(Unit.NUMBER, false),
  NODE_CHILDREN_WATCH_COUNT(Unit.NUMBER, false),
  NETTY_QUEUED_BUFFER_CAPACITY(Unit.NUMBER, false),
  REQUESTS_IN_SESSION_QUEUE(Unit.NUMBER, false),
  PENDING_SESSION_QUEUE_SIZE(Unit.NUMBER, false),
  READS_AFTER_WRITE_IN_SESSION_QUEUE(Unit.NUMBER, false),
  SESSION_QUEUES_DRAINED(Unit.NUMBER, false),
  CONCURRENT_REQUEST_PROCESSING_IN_COMMIT_PROCESSOR(Unit.NUMBER, false),
  READ_COMMIT_PROC_REQ_QUEUED(Unit.NUMBER, false),
  WRITE_COMMIT_PROC_REQ_QUEUED(Unit.NUMBER, false),
  COMMIT_COMMIT_PROC_REQ_QUEUED(Unit.NUMBER, false),
  READ_COMMIT_PROC_ISSUED(Unit.NUMBER, false),
  WRITE_COMMIT_PROC_ISSUED(Unit.NUMBER, false),
  COMMIT_PROCESS_TIME(Unit.NANOS, false),
  SERVER_WRITE_COMMITTED_TIME_MS(Unit.NANOS, true),
  READ_FINAL_PROC_TIME_MS(Unit.NANOS, true),
  REQUEST_THROTTLE_QUEUE_TIME_MS(Unit.NANOS, true);

  /** What is recorded. */
  enum Unit {
    /** As it is shown: a number of things, or milliseconds. */
    NUMBER(1),
    /** Nanoseconds, shown as milliseconds. */
    NANOS(1_000_000);

    /** What a recorded value is divided by when it is shown. */
    final long divisor;

    Unit(long divisor) {
      this.divisor = divisor;
    }
  }

  final Unit unit;

  /** Whether ZooKeeper shows percentiles of it in mntr. */
  public final boolean advanced;

  HotSummary(Unit unit, boolean advanced) {
    this.unit = unit;
    this.advanced = advanced;
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
