package io.paddock.machine;

import io.paddock.journal.DiskFailedException;
import io.paddock.metrics.ServerMetrics;
import io.paddock.tree.Tree;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes snapshots, at low priority, while transactions go on: a tree is immutable,
 * so what it walks is consistent. One at a time; an offer while one is being written is declined.
 */
public final class SnapshotThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotThread.class);

  /** Writes one snapshot file. */
  public interface Writer {
    void write(Tree tree) throws IOException;
  }

  private final Writer writer;
  private final Consumer<Throwable> failed;
  private final ServerMetrics metrics;
  private final Thread thread;

  /** The tree to write or being written; null while the thread has nothing to do. */
  private final AtomicReference<Tree> current = new AtomicReference<>();

  private volatile boolean closing;

  /**
   * @param failed hears when the disk can no longer be trusted, or the thread has ended; a snapshot
   *     that only fails is tried again later: it is a file of its own and a tree that never changes
   */
  public SnapshotThread(Writer writer, Consumer<Throwable> failed, ServerMetrics metrics) {
    this.writer = writer;
    this.failed = failed;
    this.metrics = metrics;
    this.thread = new Thread(this::run, "paddock-snapshot");
    this.thread.setDaemon(true);
    this.thread.setUncaughtExceptionHandler((ended, cause) -> failed.accept(cause));
    this.thread.setPriority(Thread.MIN_PRIORITY);
  }

  public void start() {
    thread.start();
  }

  /** Hands over a tree to be written; false when one is being written still. */
  boolean offer(Tree tree) {
    boolean idle = !closing && current.compareAndSet(null, tree);
    if (idle) {
      LockSupport.unpark(thread);
    }
    return idle;
  }

  /** Waits until no snapshot is being written; nobody may offer one meanwhile. */
  void awaitIdle() {
    while (current.get() != null && thread.isAlive()) {
      LockSupport.parkNanos(this, 1_000_000);
    }
  }

  /** Ends the thread, after the snapshot that is being written. */
  @Override
  public void close() {
    closing = true;
    ThreadEnd.await(thread);
  }

  private void run() {
    while (!closing) {
      if (!turn()) {
        LockSupport.park(this);
      }
    }
  }

  /** Writes the snapshot that is wanted; false when none is. */
  public boolean turn() {
    Tree tree = current.get();
    if (tree == null) {
      return false;
    }
    try {
      write(tree);
    } finally {
      current.set(null);
    }
    return true;
  }

  private void write(Tree tree) {
    long start = System.nanoTime();
    String zxid = Long.toHexString(tree.zxid());
    try {
      writer.write(tree);
      long ms = (System.nanoTime() - start) / 1_000_000;
      metrics.snapshotWritten(ms);
      LOG.info("Snapshot 0x{} written: {} znodes in {} ms", zxid, tree.nodeCount(), ms);
    } catch (DiskFailedException e) {
      metrics.snapshotFailed();
      failed.accept(e);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      metrics.snapshotFailed();
      LOG.error(
          "Snapshot 0x{} could not be written; until the next one is, the log only grows: {}",
          zxid,
          e.toString());
    }
  }
}
