package io.paddock.machine;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * As many threads as there is work at once, and one at least, which is there from the start. Where
 * the machine gives no further one, work waits for one that is there, and that is said: the JDK's
 * pools throw an OutOfMemoryError at whoever brings the work. Any thread.
 */
public final class Workers implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
  private static final long IDLE_MS = 60_000;
  private static final long SAY_NANOS = 60_000_000_000L;

  public static final String RAISE_THREADS =
      "raise ulimit -u (LimitNPROC= and TasksMax= under systemd), the cgroup's pids.max, or sysctl"
          + " kernel.threads-max and vm.max_map_count";

  /** Starts a thread, or throws as {@link Thread#start}. */
  interface Starter {
    void start(Thread thread);
  }

  private final String name;
  private final Guard guard;
  private final Starter starter;
  private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
  private final Set<Thread> threads = new HashSet<>();
  private int idle;
  private long saidNanos = System.nanoTime() - SAY_NANOS;
  private boolean closed;

  /**
   * @param guard takes what their work throws
   */
  public Workers(String name, Guard guard) {
    this(name, guard, Thread::start);
  }

  public Workers(String name, Guard guard, Starter starter) {
    this.name = name;
    this.guard = guard;
    this.starter = starter;
    addThread();
  }

  @Override
  public synchronized void execute(Runnable work) {
    if (closed) {
      throw new RejectedExecutionException(name + " is closed");
    }
    queue.add(work);
    if (idle < queue.size()) {
      try {
        addThread();
      } catch (OutOfMemoryError e) {
        // There is memory: so says a JVM that was not given a thread.
        sayThatItWaits(e);
      }
    }
    notify();
  }

  private synchronized void addThread() {
    Thread thread = guard.daemon(this::work, name);
    starter.start(thread);
    threads.add(thread);
  }

  private void sayThatItWaits(OutOfMemoryError cause) {
    long now = System.nanoTime();
    if (now - saidNanos >= SAY_NANOS) {
      saidNanos = now;
      LOG.error(
          "No further thread {} could be started ({}): its work waits for one of {}; {}",
          name,
          cause.getMessage(),
          threads.size(),
          RAISE_THREADS);
    }
  }

  private void work() {
    try {
      for (Runnable work = next(); work != null; work = next()) {
        work.run();
      }
    } finally {
      leave();
    }
  }

  /** Null when this thread is not needed any more. */
  private synchronized Runnable next() {
    long end = System.nanoTime() + IDLE_MS * 1_000_000;
    idle++;
    try {
      while (queue.isEmpty()) {
        long leftMs = (end - System.nanoTime()) / 1_000_000;
        if (closed || leftMs <= 0 && threads.size() > 1) {
          return null;
        }
        wait(Math.max(1, leftMs));
      }
      return closed ? null : queue.poll();
    } catch (InterruptedException e) {
      return null;
    } finally {
      idle--;
    }
  }

  private synchronized void leave() {
    threads.remove(Thread.currentThread());
    if (threads.isEmpty() && !closed) {
      // Its work has thrown: whatever waits must not wait for good.
      addThread();
    }
  }

  /** Ends all threads, also at their work. */
  @Override
  public synchronized void close() {
    closed = true;
    queue.clear();
    threads.forEach(Thread::interrupt);
    notifyAll();
  }
}
