package io.paddock.config;

import java.nio.file.Path;

/**
 * Where and how transactions and snapshots are kept.
 *
 * @param dataDir directory of the snapshots, without version-2
 * @param dataLogDir directory of the transaction log, without version-2; equals dataDir by default
 * @param autoCreate whether missing directories are made
 * @param snapCount transactions after which a snapshot is taken: at random between half of it and
 *     all of it; at least 2
 * @param snapSizeLimitKiB log bytes after which a snapshot is taken, in KiB; 0 or less is off
 * @param segmentSizeLimitKiB size at which a log segment is closed, in KiB; 0 or less is off
 * @param preallocationKiB how far ahead a log segment is filled with zeros, in KiB
 * @param forceSync whether appended transactions are forced to the disk before they are answered
 * @param forceWarningMs a force that takes longer than this many milliseconds is logged
 * @param compression of snapshots
 * @param trustEmptySnapshot whether a log without any snapshot may be opened
 * @param lastZxidInSnapshot serializeLastProcessedZxid.enabled: whether a snapshot ends with the
 *     zxid that it was taken at
 */
public record JournalConfig(
    Path dataDir,
    Path dataLogDir,
    boolean autoCreate,
    int snapCount,
    long snapSizeLimitKiB,
    long segmentSizeLimitKiB,
    int preallocationKiB,
    boolean forceSync,
    int forceWarningMs,
    Compression compression,
    boolean trustEmptySnapshot,
    boolean lastZxidInSnapshot) {

  /** How snapshot files are compressed; the file name's ending tells it. */
  public enum Compression {
    NONE,
    GZIP,
    SNAPPY
  }
}
