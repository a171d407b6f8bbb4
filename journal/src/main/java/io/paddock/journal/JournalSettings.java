package io.paddock.journal;

/**
 * What an operator can set about the files.
 *
 * @param preAllocBytes how far ahead of the records a log file is filled with zeros when there is
 *     time for it; 0 = not at all ({@code preAllocSize}, there in KB)
 * @param forceSync whether an append is forced to the disk before it counts as durable
 * @param logBytesMax size after which the log rolls by itself, -1 = never ({@code
 *     txnLogSizeLimitInKb})
 * @param fsyncWarnMillis a force that takes longer is logged ({@code fsync.warningthresholdms})
 * @param snapshotCodec how new snapshots are compressed ({@code snapshot.compression.method})
 * @param trustEmpty whether logs without any snapshot are replayed onto an empty tree ({@code
 *     snapshot.trust.empty})
 * @param recordBytesMax longest payload of a record, both ways
 * @param snapshotsRetained snapshots that retention keeps, at least 3 ({@code
 *     autopurge.snapRetainCount})
 */
public record JournalSettings(
    long preAllocBytes,
    boolean forceSync,
    long logBytesMax,
    long fsyncWarnMillis,
    Codec snapshotCodec,
    boolean trustEmpty,
    int recordBytesMax,
    int snapshotsRetained) {

  /** Fewest snapshots that retention may leave. */
  public static final int SNAPSHOTS_RETAINED_MIN = 3;

  /** Checks the bounds. */
  public JournalSettings {
    if (preAllocBytes < 0) {
      throw new IllegalArgumentException("preAllocBytes " + preAllocBytes + " is negative");
    }
    if (recordBytesMax < LogFormat.PAYLOAD_BYTES_MIN || recordBytesMax > 1 << 30) {
      throw new IllegalArgumentException(
          "recordBytesMax " + recordBytesMax + " is not in 32..2^30");
    }
    if (snapshotsRetained < SNAPSHOTS_RETAINED_MIN) {
      throw new IllegalArgumentException(
          "snapshotsRetained " + snapshotsRetained + " is below " + SNAPSHOTS_RETAINED_MIN);
    }
  }

  /**
   * Apache's defaults: 64 MiB, forced, no size limit, 1 s, plain, no trust, jute limit of 1 MiB, 3
   * snapshots.
   */
  public static JournalSettings defaults() {
    return new JournalSettings(64L << 20, true, -1, 1000, Codec.PLAIN, false, 2_097_150, 3);
  }

  /** The same with another preallocation, in bytes. */
  public JournalSettings withPreAllocBytes(long bytes) {
    return new JournalSettings(
        bytes,
        forceSync,
        logBytesMax,
        fsyncWarnMillis,
        snapshotCodec,
        trustEmpty,
        recordBytesMax,
        snapshotsRetained);
  }
}
