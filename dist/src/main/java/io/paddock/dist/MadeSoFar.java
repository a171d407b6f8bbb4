package io.paddock.dist;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Says how far a work of many like parts is, every few seconds and with the time that is left; of
 * one that is done sooner nothing. Any thread.
 */
final class MadeSoFar {
  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final PrintWriter out;
  private final int all;
  private final LongSupplier nanos;
  private final long began;
  private long told;
  private int made;

  /**
   * @param nanos a clock
   */
  MadeSoFar(PrintWriter out, int all, LongSupplier nanos) {
    this.out = out;
    this.all = all;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
    this.told = began;
  }

  /** One more part is done. */
  synchronized void oneMore() {
    made++;
    long now = nanos.getAsLong();
    if (now - told >= EVERY_NANOS && made < all) {
      told = now;
      long left = TimeUnit.NANOSECONDS.toSeconds((now - began) / made * (all - made)) + 1;
      out.println(
          made
              + " of "
              + all
              + " made; "
              + (left < 120 ? left + " s" : left / 60 + " min")
              + " left");
      out.flush();
    }
  }
}
