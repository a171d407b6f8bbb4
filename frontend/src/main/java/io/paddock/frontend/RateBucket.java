package io.paddock.frontend;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What may be done in a time, as one number: when all that was done would be paid for. What is done
 * is charged behind it, so it never waits itself; who comes next does, until it is paid. A second's
 * worth can be saved up. Any thread.
 */
public final class RateBucket {
  private static final long SECOND_NANOS = 1_000_000_000;

  /** Nobody owes more, however much was done at once. */
  static final long DEBT_NANOS_MAX = 10 * SECOND_NANOS;

  private final AtomicLong paidNanos;
  private final AtomicReference<String> told = new AtomicReference<>("");

  public RateBucket(long nowNanos) {
    paidNanos = new AtomicLong(nowNanos - SECOND_NANOS);
  }

  /** Whether a text was not the last one here: so one of all loops tells it. */
  boolean isNews(String text) {
    return !text.equals(told.getAndSet(text));
  }

  /**
   * Charges something.
   *
   * @param perSecond how much of it may be done in a second
   * @return how long to wait before the next, in nanoseconds; 0 for not at all
   */
  long charge(long amount, long perSecond, long nowNanos) {
    long cost = (long) Math.min(DEBT_NANOS_MAX, (double) amount * SECOND_NANOS / perSecond);
    long earliest = nowNanos - SECOND_NANOS;
    long before;
    long after;
    do {
      before = paidNanos.get();
      after = (before - earliest < 0 ? earliest : before) + cost;
      if (after - nowNanos > DEBT_NANOS_MAX) {
        after = nowNanos + DEBT_NANOS_MAX;
      }
    } while (!paidNanos.compareAndSet(before, after));
    return Math.max(0, after - nowNanos);
  }
}
