package io.paddock.machine;

import java.util.concurrent.locks.LockSupport;

/** The end of a thread that parks while it has nothing to do. */
final class ThreadEnd {
  private ThreadEnd() {}

  /** Wakes a thread that was told to end, and waits until it has; or until this one is stopped. */
  static void await(Thread thread) {
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
