package io.paddock.machine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that answer operators: made when a question comes, gone when none has come for a
 * while, so that a server that is left alone does not pay for them.
 */
public final class OpsThreads {
  private static final int THREADS_MAX = 4;

  private OpsThreads() {}

  /**
   * A pool of at most four daemon threads.
   *
   * @param queuedMax questions that may wait; beyond it, work is refused
   */
  public static ThreadPoolExecutor create(String name, int queuedMax) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS_MAX,
            THREADS_MAX,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queuedMax),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            }) {
          @Override
          public void execute(Runnable task) {
            try {
              super.execute(task);
            } catch (OutOfMemoryError e) {
              // There is memory: the machine gives no thread. Who asks is refused, as when many do.
              throw new RejectedExecutionException("no thread; " + Workers.RAISE_THREADS, e);
            }
          }
        };
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
