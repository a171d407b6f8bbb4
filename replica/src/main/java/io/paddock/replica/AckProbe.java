package io.paddock.replica;

import java.util.HashSet;
import java.util.Set;

/**
 * Watches one proposal at a time, to see how long each voter takes to acknowledge: a new one at
 * most ten times a second, so that it costs nothing under load and yet tells something of an
 * ensemble with little to do. One thread.
 */
final class AckProbe {
  /** The leader's own acknowledgement; learners' are known by their connections. */
  static final long OWN = Long.MIN_VALUE;

  private static final long PERIOD_MS = 100;

  private final Set<Long> acknowledged = new HashSet<>();
  private long zxid;
  private long madeMs;

  /** Another leader's, or none. */
  void reset() {
    zxid = 0;
    madeMs = 0;
    acknowledged.clear();
  }

  void proposed(long newZxid, long nowMs) {
    if (zxid == 0 || nowMs - madeMs >= PERIOD_MS || nowMs < madeMs) {
      zxid = newZxid;
      madeMs = nowMs;
      acknowledged.clear();
    }
  }

  /** Whether this is the first to say that {@code from} has the proposal. */
  boolean takes(long from, long upTo) {
    return zxid != 0 && upTo >= zxid && acknowledged.add(from);
  }

  long madeMs() {
    return madeMs;
  }
}
