package io.paddock.tasks;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for a condition, and says what was waited for when it does not come. */
final class Await {
  private static final long TIMEOUT_MS = 60_000;

  private Await() {}

  static void until(String what, Callable<Boolean> condition) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      } catch (Exception e) {
        last = e;
      }
    }
    throw new AssertionError("did not come: " + what, last);
  }
}
