package io.paddock.metrics;

import java.util.Locale;

/**
 * Things counted with every request or transaction, by each thread for itself: {@link
 * ThreadMetrics}. The names are ZooKeeper's, in lower case.
 */
public enum HotCounter {
  RESPONSE_BYTES,
  WATCH_BYTES,
  PREP_PROCESSOR_REQUEST_QUEUED,
  OUTSTANDING_CHANGES_QUEUED,
  OUTSTANDING_CHANGES_REMOVED,
  SYNC_PROCESSOR_REQUEST_QUEUED,
  REQUEST_COMMIT_QUEUED;

  /** The key without its prefix. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
