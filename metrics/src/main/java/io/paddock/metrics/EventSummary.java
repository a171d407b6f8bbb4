package io.paddock.metrics;

import java.util.Locale;

/**
 * Durations and sizes recorded rarely enough for a shared record. The names are ZooKeeper's, in
 * lower case; times are milliseconds.
 */
public enum EventSummary {
  FSYNCTIME,
  SNAPSHOTTIME,
  DBINITTIME,
  STARTUP_SNAP_LOAD_TIME,
  STARTUP_TXNS_LOADED,
  STARTUP_TXNS_LOAD_TIME,
  SYNC_PROCESSOR_BATCH_SIZE,
  CONNECTION_TOKEN_DEFICIT,
  JVM_PAUSE_TIME_MS,
  ELECTION_TIME,
  FOLLOWER_SYNC_TIME,
  OBSERVER_SYNC_TIME,
  UNAVAILABLE_TIME,
  LEADER_UNAVAILABLE_TIME,
  INFLIGHT_SNAP_COUNT,
  INFLIGHT_DIFF_COUNT,
  SOCKET_CLOSING_TIME,
  DEAD_WATCHERS_CLEANER_LATENCY;

  /** Whether ZooKeeper shows percentiles of it in mntr. */
  public boolean advanced() {
    return this == JVM_PAUSE_TIME_MS || this == DEAD_WATCHERS_CLEANER_LATENCY;
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
