package io.paddock.bench;

import java.util.concurrent.TimeUnit;

/**
 * The longest latency of each 50 ms of a run, so that a stall can be told from the time around it.
 */
final class LatencyTimeline {
  private static final long SLOT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final long start;
  private final long[] longest;

  LatencyTimeline(long startNanos, long spanNanos) {
    this.start = startNanos;
    this.longest = new long[(int) (spanNanos / SLOT_NANOS) + 1];
  }

  /** Notes a reply that arrived at {@code now}. */
  void record(long now, long latencyNanos) {
    int slot = slot(now);
    longest[slot] = Math.max(longest[slot], latencyNanos);
  }

  /** Longest latency, in nanoseconds, of the replies that arrived between the two times. */
  long longest(long fromNanos, long toNanos) {
    long result = 0;
    for (int slot = slot(fromNanos); slot <= slot(toNanos); slot++) {
      result = Math.max(result, longest[slot]);
    }
    return result;
  }

  private int slot(long now) {
    return (int) Math.max(0, Math.min(longest.length - 1, (now - start) / SLOT_NANOS));
  }
}
