package io.paddock.shell;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.ZooKeeper;

/** Waits until the watch events a client has received so far were handled. */
final class EventDrain {
  private static final long TIMEOUT_SECONDS = 10;

  private EventDrain() {}

  /**
   * Waits for the callback of one more request, which runs behind the events; and for the event
   * threads of earlier clients of this shell to end.
   *
   * @param shellThread the name of the thread that made the clients, by which their threads are
   *     named
   */
  static void await(ZooKeeper client, String shellThread) throws InterruptedException {
    if (client != null && client.getState().isAlive()) {
      var done = new CountDownLatch(1);
      client.exists("/", false, (rc, path, context, stat) -> done.countDown(), null);
      done.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    int expected = client != null && client.getState().isAlive() ? 1 : 0;
    while (eventThreads(shellThread) > expected && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(500_000);
    }
  }

  private static long eventThreads(String shellThread) {
    Thread[] threads = new Thread[Thread.activeCount() + 64];
    int count = Thread.enumerate(threads);
    long found = 0;
    for (int i = 0; i < count; i++) {
      if (threads[i].getName().startsWith(shellThread + "-EventThread")) {
        found++;
      }
    }
    return found;
  }
}
