package io.paddock.tasks;

import java.util.concurrent.CountDownLatch;

/** Keeps a command in the foreground until the process is told to stop (INT or TERM). */
public final class Foreground {
  private Foreground() {}

  /**
   * Waits. The JVM exits once {@code stop} has returned.
   *
   * @param stop what is to be done before the process ends
   */
  public static void untilStopped(Runnable stop) {
    CountDownLatch never = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop"));
    try {
      never.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
