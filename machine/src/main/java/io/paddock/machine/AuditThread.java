package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.frontend.AuditEvent;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the audit log. Whoever has something for it never waits: what is not
 * written yet stands in a queue with a bound in bytes. While the log is merely slower than its
 * clients, these are read more slowly ({@link #isBehind}), so nothing is lost; when it cannot be
 * written at all, lines wait as far as the bound goes, and those beyond are lost: counted, told in
 * the server's log, and by a line of their own in their place of the audit log.
 */
public final class AuditThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditThread.class);

  /** Some hundred thousand lines. */
  public static final long QUEUE_BYTES_MAX = 32 << 20;

  private static final int BATCH_LINES_MAX = 1024;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A thread that is to end tries so often to write what is left. */
  private static final int TRIES_AT_END = 3;

  private static final int END_MS_MAX = 10_000;

  /**
   * An event and when it happened, in milliseconds since 1970.
   *
   * @param bytes what it counts for in the queue
   */
  public record Entry(long timeMs, AuditEvent event, int bytes) {}

  /** Where the lines go. Called by the thread alone. */
  public interface Target extends Closeable {
    /**
     * Writes lines, oldest first.
     *
     * @return how many, at least one
     * @throws IOException when none was written; it will be asked again
     */
    int write(List<Entry> lines) throws IOException;
  }

  private final Target target;
  private final String serverUser;
  private final long bytesMax;
  private final ServerMetrics metrics;
  private final Thread thread;
  private final ConcurrentLinkedQueue<Entry> queued = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();

  /** Lines lost since the last that was taken. */
  private final AtomicLong lost = new AtomicLong();

  private final AtomicLong lostEver = new AtomicLong();
  private final AtomicLong lostToldNanos = new AtomicLong(System.nanoTime() - TELL_NANOS);
  private volatile boolean full;
  private volatile boolean failing;

  /** When the write under way began; 0 when there is none. */
  private volatile long writingSinceNanos;

  private volatile boolean waiting;
  private volatile boolean closing;

  // The thread's own.
  private long failingSinceNanos;
  private long lostWhileFailing;

  /**
   * @param target closed with this
   * @param serverUser who tells of lost lines
   * @param bytesMax of the queue
   */
  public AuditThread(
      Target target, String serverUser, long bytesMax, ServerMetrics metrics, Guard guard) {
    this.target = target;
    this.serverUser = serverUser;
    this.bytesMax = bytesMax;
    this.metrics = metrics;
    this.thread = guard.daemon(this::run, "paddock-audit");
  }

  public void start() {
    thread.start();
  }

  /** Takes an event, or counts it as lost. Any thread; never waits. */
  public void offer(AuditEvent event) {
    int bytes = event.bytes();
    long waitingBytes = queuedBytes.get();
    // Once full, it is full until a quarter is free: gaps are to be few.
    if (waitingBytes + bytes > (full ? bytesMax / 4 * 3 : bytesMax)) {
      full = true;
      lost.incrementAndGet();
      lostEver.incrementAndGet();
      metrics.count(EventCounter.AUDIT_LINES_LOST);
      tellLost();
      return;
    }
    full = false;
    if (lost.get() > 0) {
      add(AuditEvent.ofLost(serverUser, lost.getAndSet(0)));
    }
    add(event);
  }

  private void add(AuditEvent event) {
    int bytes = event.bytes();
    queuedBytes.addAndGet(bytes);
    queued.add(new Entry(System.currentTimeMillis(), event, bytes));
    if (waiting) {
      LockSupport.unpark(thread);
    }
  }

  private void tellLost() {
    long told = lostToldNanos.get();
    long now = System.nanoTime();
    if (now - told > TELL_NANOS && lostToldNanos.compareAndSet(told, now)) {
      LOG.error(
          "The audit log loses lines: {} is not written, or not fast enough, and {} MiB of them wait already; {} are lost by now",
          target,
          bytesMax >> 20,
          lostEver.get());
    }
  }

  /**
   * Whether clients should wait for the log: half of the queue is full, and the log is being
   * written. Any thread.
   */
  public boolean isBehind() {
    if (queuedBytes.get() <= bytesMax / 2 || failing) {
      return false;
    }
    // A disk that hangs must not hold clients up for ever.
    long since = writingSinceNanos;
    return since == 0 || System.nanoTime() - since < RETRY_NANOS;
  }

  /**
   * Writes what waits, as far as that is possible, and ends the thread. A disk that hangs is not
   * waited for.
   */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(END_MS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.error("The audit log is not written to its end: {} hangs", target);
    }
  }

  private void run() {
    List<Entry> batch = new ArrayList<>();
    int triesLeft = TRIES_AT_END;
    while (true) {
      boolean ends = closing;
      fill(batch);
      if (!batch.isEmpty()) {
        if (!write(batch)) {
          if (ends && --triesLeft == 0) {
            break;
          }
          pause(ends ? RETRY_NANOS / 10 : RETRY_NANOS);
        }
      } else if (ends) {
        break;
      } else {
        await();
      }
    }
    end(batch.size() + queued.size() + lost.get());
  }

  private void end(long unwritten) {
    if (unwritten > 0) {
      LOG.error("The audit log ends without {} lines: {} could not be written", unwritten, target);
    }
    try {
      target.close();
    } catch (IOException e) {
      LOG.error("The audit log may lack its last lines: {}: {}", target, CauseWords.of(e));
    }
  }

  private void fill(List<Entry> batch) {
    while (batch.size() < BATCH_LINES_MAX) {
      Entry entry = queued.poll();
      if (entry == null) {
        return;
      }
      batch.add(entry);
    }
  }

  /** Writes the first of these and takes them out; false when that is not possible now. */
  private boolean write(List<Entry> batch) {
    writingSinceNanos = System.nanoTime() | 1;
    try {
      int written = target.write(batch);
      List<Entry> done = batch.subList(0, written);
      long bytes = 0;
      for (Entry entry : done) {
        bytes += entry.bytes();
      }
      queuedBytes.addAndGet(-bytes);
      done.clear();
      if (failing) {
        failing = false;
        LOG.warn(
            "The audit log is written again, after {} s: {}; {} lines were lost",
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - failingSinceNanos),
            target,
            lostEver.get() - lostWhileFailing);
      }
      return true;
    } catch (IOException e) {
      if (!failing) {
        failing = true;
        failingSinceNanos = System.nanoTime();
        lostWhileFailing = lostEver.get();
        LOG.error(
            "The audit log cannot be written: {}: {}. The server goes on; lines wait in memory, up to {} MiB, and are tried"
                + " again every second",
            target,
            CauseWords.of(e),
            bytesMax >> 20);
      }
      return false;
    } finally {
      writingSinceNanos = 0;
    }
  }

  private void await() {
    waiting = true;
    while (queued.isEmpty() && !closing) {
      LockSupport.park(this);
    }
    waiting = false;
  }

  private void pause(long nanos) {
    long start = System.nanoTime();
    boolean ends = closing;
    for (long left = nanos; left > 0 && closing == ends; ) {
      LockSupport.parkNanos(this, left);
      left = nanos - (System.nanoTime() - start);
    }
  }
}
