package io.paddock.bench;

/** Evenly spaced moments at which an open loop sends. */
final class Schedule {
  private final double gapNanos;
  private final long start;
  private long sent;

  Schedule(double perSecond, long startNanos) {
    this.gapNanos = 1e9 / perSecond;
    this.start = startNanos;
  }

  /** When the next request is due, by {@link System#nanoTime}. */
  long due() {
    return start + (long) (sent * gapNanos);
  }

  /** Counts the request that was due and returns how many were due before it. */
  long next() {
    return sent++;
  }
}
