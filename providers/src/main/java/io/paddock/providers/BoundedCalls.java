package io.paddock.providers;

import io.paddock.machine.Guard;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls of somebody else's code by threads that must not wait for long: the code runs in a few
 * threads of its own, and the caller waits {@link #PATIENCE_MS} for it. A code that was slower has
 * used that up for {@link #MISTRUST_MS}, in which each call has {@link #BRIEF_MS}, which is what
 * others then wait for it at most. A call that never comes back keeps its thread; with all threads
 * kept nothing is called any more. Any thread.
 */
final class BoundedCalls implements AutoCloseable {
  static final int THREADS = 4;
  static final long PATIENCE_MS = 500;
  static final long BRIEF_MS = 20;
  static final long MISTRUST_MS = 5000;

  private final ThreadPoolExecutor threads;
  private final AtomicLong mistrustedUntilNanos = new AtomicLong(System.nanoTime());

  BoundedCalls(Guard guard) {
    // Made now: later there may be none.
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> guard.daemon(work, "paddock-acl"));
    threads.prestartAllCoreThreads();
  }

  /**
   * What the code says.
   *
   * @throws TimeoutException it takes too long, or all threads are kept by such
   * @throws ExecutionException what it has thrown
   */
  <T> T call(Callable<T> code) throws TimeoutException, ExecutionException {
    long begun = System.nanoTime();
    boolean mistrusted = mistrustedUntilNanos.get() - begun > 0;
    long waitMs = mistrusted ? BRIEF_MS : PATIENCE_MS;
    FutureTask<T> task = new FutureTask<>(code);
    try {
      enter(task, waitMs);
      return task.get(waitMs, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      if (!mistrusted) {
        mistrustedUntilNanos.set(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MISTRUST_MS));
      }
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException("the server stops");
    }
  }

  /** A thread that has just answered may not be back at the queue yet. */
  private void enter(Runnable task, long waitMs) throws TimeoutException, InterruptedException {
    if (threads.isShutdown() || !threads.getQueue().offer(task, waitMs, TimeUnit.MILLISECONDS)) {
      throw new TimeoutException("all " + THREADS + " threads wait for it");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
