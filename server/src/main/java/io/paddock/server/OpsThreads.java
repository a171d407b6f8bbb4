package io.paddock.server;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that answer operators: made when a question comes, gone when none has come for a
 * while, so that a server that is left alone does not pay for them.
 */
final class OpsThreads {
  private static final int THREADS_MAX = 4;
  private static final int QUEUED_MAX = 256;

  private OpsThreads() {}

  /** A pool of at most four daemon threads; refuses work when many questions wait already. */
  static ThreadPoolExecutor create(String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS_MAX,
            THREADS_MAX,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED_MAX),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
