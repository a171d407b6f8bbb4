package io.paddock.replica;

import io.paddock.wire.Op;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server alone whose disk takes no transactions: it refuses writes and goes on with reads. Once a
 * tick it tries whether there is room again. A member of an ensemble does not: its quorum can have
 * decided what this disk does not take, so it gives up its role. One thread.
 */
final class FullDisk {
  private static final Logger LOG = LoggerFactory.getLogger(FullDisk.class);

  /** Changes nothing, and becomes durable when there is room. */
  static final Submission PROBE = Submission.write(0, 0, new Op.Multi(List.of()), List.of(), null);

  private final Clock clock;
  private final long tickMs;
  private boolean full;
  private long nextProbeMs;

  FullDisk(Clock clock, long tickMs) {
    this.clock = clock;
    this.tickMs = tickMs;
  }

  boolean refuses() {
    return full;
  }

  /**
   * @param what is lacking, and what to do about it
   */
  void isFull(String what) {
    if (!full) {
      full = true;
      LOG.error("Writes are refused until the disk takes them again, reads go on: {}", what);
    }
    nextProbeMs = clock.monotonicMs() + tickMs;
  }

  /** Something new is durable. */
  void takes(long zxid) {
    if (full) {
      full = false;
      LOG.info("The disk takes writes again, from zxid 0x{} on", Long.toHexString(zxid));
    }
  }

  /** Whether it is time for a probe; then the next is due a tick later. */
  boolean probes() {
    long nowMs = clock.monotonicMs();
    if (nowMs < nextProbeMs) {
      return false;
    }
    nextProbeMs = nowMs + tickMs;
    return true;
  }
}
