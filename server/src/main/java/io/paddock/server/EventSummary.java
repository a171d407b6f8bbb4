package io.paddock.server;

import java.util.Locale;

/**
 * Durations and sizes recorded rarely enough for a shared record. The names are ZooKeeper's, in
 * lower case; times are milliseconds.
 */
enum EventSummary {
  FSYNCTIME,
  SNAPSHOTTIME,
  DBINITTIME,
  STARTUP_SNAP_LOAD_TIME,
  STARTUP_TXNS_LOADED,
  STARTUP_TXNS_LOAD_TIME,
  SYNC_PROCESSOR_BATCH_SIZE,
  CONNECTION_TOKEN_DEFICIT,
  JVM_PAUSE_TIME_MS;

  /** Whether ZooKeeper shows percentiles of it in mntr. */
  boolean advanced() {
    return this == JVM_PAUSE_TIME_MS;
  }

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
