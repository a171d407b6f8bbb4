package io.paddock.replica;

import java.util.SplittableRandom;

/**
 * When the next snapshot is due: after a number of transactions or bytes that is drawn anew each
 * time, so that the servers of an ensemble do not all write at once (data directory sheet, section
 * 3.6).
 */
final class SnapshotSchedule {
  private final int txnsMax;
  private final long bytesMax;
  private final SplittableRandom random;
  private long txns;
  private long bytes;
  private long txnsDue;
  private long bytesDue;

  SnapshotSchedule(int txnsMax, long bytesMax, long txnsReplayed, SplittableRandom random) {
    this.txnsMax = Math.max(2, txnsMax);
    this.bytesMax = bytesMax;
    this.random = random;
    draw();
    txns = txnsReplayed;
  }

  /** Counts a transaction; true when a snapshot is due with it. */
  boolean count(int txnBytes) {
    txns++;
    bytes += txnBytes;
    if (txns <= txnsDue && bytes <= bytesDue) {
      return false;
    }
    draw();
    return true;
  }

  private void draw() {
    txns = 0;
    bytes = 0;
    txnsDue = txnsMax / 2L + random.nextInt(txnsMax / 2);
    bytesDue = bytesMax <= 0 ? Long.MAX_VALUE : bytesMax / 2 + random.nextLong(bytesMax / 2 + 1);
  }
}
