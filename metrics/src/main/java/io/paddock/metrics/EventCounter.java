package io.paddock.metrics;

import java.util.Locale;
import java.util.Set;

/**
 * Things counted that happen rarely enough for a shared counter; those of every request are in
 * {@link LoopMetrics}. The names are ZooKeeper's, in lower case.
 */
public enum EventCounter {
  CONNECTION_REQUEST_COUNT,
  CONNECTION_REJECTED,
  CONNECTION_DROP_COUNT,
  CONNECTION_REVALIDATE_COUNT,
  SESSIONLESS_CONNECTIONS_EXPIRED,
  STALE_SESSIONS_EXPIRED,
  CNXN_CLOSED_WITHOUT_ZK_SERVER_RUNNING,
  UNSUCCESSFUL_HANDSHAKE,
  TLS_HANDSHAKE_EXCEEDED,
  INSECURE_ADMIN_COUNT,
  AUTH_FAILED_COUNT,
  ENSEMBLE_AUTH_SUCCESS,
  ENSEMBLE_AUTH_FAIL,
  ENSEMBLE_AUTH_SKIP,
  LARGE_REQUESTS_REJECTED,
  THROTTLED_OPS,
  REQUEST_THROTTLE_WAIT_COUNT,
  STALE_REQUESTS,
  STALE_REQUESTS_DROPPED,
  STALE_REPLIES,
  SNAPSHOT_ERROR_COUNT,
  SNAPSHOT_RATE_LIMITED_COUNT,
  RESTORE_ERROR_COUNT,
  RESTORE_RATE_LIMITED_COUNT,
  DIGEST_MISMATCHES_COUNT,
  UNRECOVERABLE_ERROR_COUNT,
  DEAD_WATCHERS_QUEUED,
  DEAD_WATCHERS_CLEARED,
  NON_MTLS_REMOTE_CONN_COUNT,
  NON_MTLS_LOCAL_CONN_COUNT,
  FSYNC_THRESHOLD_EXCEED_COUNT,
  /** Paddock's own: connections cut because they did not read what was sent to them. */
  SLOW_READERS_CUT,
  /** Paddock's own: connections cut because they sent half requests. */
  SLOW_SENDERS_CUT,
  /** Paddock's own: learners dropped because they did not read what was sent to them. */
  SLOW_LEARNERS_CUT,
  /** Paddock's own: lines that the audit log could not take. */
  AUDIT_LINES_LOST,
  /** Paddock's own: how often a quota of throughput had a client wait. */
  THROUGHPUT_QUOTA_DELAYS,
  /** Paddock's own: for how long, in milliseconds. */
  THROUGHPUT_QUOTA_DELAY_MS,
  /** Paddock's own: connections that waited for another leader. */
  CONNECTIONS_HELD,
  /** Paddock's own: of those, the ones that went on. */
  CONNECTIONS_KEPT,
  /** Paddock's own: and the ones that were cut. */
  CONNECTIONS_CUT_WHILE_HELD,
  /** Paddock's own: how long clients waited for a leader, in milliseconds. */
  CONNECTIONS_HELD_MS;

  /** Where ZooKeeper shows it. */
  public enum Shown {
    COUNTER,
    GAUGE,
    /** In the command server_stats only. */
    STATS_ONLY
  }

  private static final Set<EventCounter> GAUGES =
      Set.of(AUTH_FAILED_COUNT, NON_MTLS_REMOTE_CONN_COUNT, NON_MTLS_LOCAL_CONN_COUNT);

  public Shown shown() {
    if (this == FSYNC_THRESHOLD_EXCEED_COUNT) {
      return Shown.STATS_ONLY;
    }
    return GAUGES.contains(this) ? Shown.GAUGE : Shown.COUNTER;
  }

  /** The key without its prefix. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
