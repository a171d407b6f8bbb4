package io.paddock.machine;

import io.paddock.journal.DiskFullException;
import io.paddock.journal.FilesLostException;
import io.paddock.journal.TxnLog;
import io.paddock.metrics.EventSummary;
import io.paddock.metrics.HotCounter;
import io.paddock.metrics.HotSummary;
import io.paddock.metrics.ServerMetrics;
import io.paddock.metrics.ThreadMetrics;
import io.paddock.replica.Disk;
import io.paddock.tree.Tree;
import io.paddock.wire.JuteWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the transaction log. It drains everything that is queued, writes it at
 * once, forces once, and tells the core how far the log is durable: while one force runs, the next
 * group gathers.
 *
 * <p>It also looks whether the files are still where they were written. While they are not, nothing
 * counts as durable: the core is asked for a tree with everything that was appended ({@link
 * Listener#filesLost}), and with that they are made anew.
 *
 * <p>Over 400 lines: what waits in the queue, is given up for want of room or is overtaken by a
 * tree is one order, which nothing else may touch.
 *
 * <p>The {@link Disk} calls are the core thread's: they fill a batch that {@link #force} hands
 * over. Batches travel in both directions over queues without locks, so that none is allocated in
 * steady state.
 */
public final class JournalThread implements Disk, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalThread.class);
  private static final int BATCHES_SPARE_MAX = 4;

  /**
   * So long must nothing come in before the log is extended ahead of need, which takes a force of
   * its own.
   */
  private static final long IDLE_NANOS = 5_000_000;

  /** How often it is looked whether the files are in their places. */
  private static final long LOOK_NANOS = 500_000_000;

  /** How long lost files wait for the core's answer, or for what their making lacked. */
  private static final long REMAKE_RETRY_NANOS = 1_000_000_000;

  /** A thread that is to end waits so often for that. */
  private static final int REMAKE_TRIES_AT_END = 5;

  private static final int BATCH_BYTES_KEPT = 1 << 20;

  /** Who hears of the outcome; called by the journal thread, to hand over to the core. */
  public interface Listener {
    void durable(long zxid);

    /**
     * What was appended and is not durable was not taken.
     *
     * @param what is lacking, and what to do about it
     */
    void diskFull(String what);

    /** A restart would not find everything: {@link #remake} is wanted. */
    void filesLost();

    /** The log cannot be trusted any more. */
    void failed(Throwable cause);
  }

  /** What is done between transactions; it may close the log and give another one back. */
  interface Task {
    /** Returns the log that is written from now on. */
    TxnLog run(TxnLog log) throws IOException;
  }

  /** Transactions of consecutive zxids on their way to the log. Owned by one thread at a time. */
  private static final class Batch {
    final JuteWriter bytes = new JuteWriter(16 << 10);
    int[] lengths = new int[64];
    int count;
    long firstZxid;
    long handedNanos;
    long generation;
    boolean rollFirst;

    /** Work of a member's disk in this place of the order, instead of transactions; else null. */
    Task task;

    /** With everything appended before; else null. */
    Tree remake;

    /** Whether a batch of consecutive zxids goes on with this one. */
    boolean takes(long zxid) {
      return count == 0 || zxid == firstZxid + count;
    }

    void add(long zxid, byte[] from, int offset, int length) {
      if (count == 0) {
        firstZxid = zxid;
      }
      if (count == lengths.length) {
        lengths = Arrays.copyOf(lengths, count * 2);
      }
      lengths[count++] = length;
      bytes.writeRaw(from, offset, length);
    }

    void clear() {
      bytes.clear(BATCH_BYTES_KEPT);
      count = 0;
      rollFirst = false;
      task = null;
      remake = null;
    }

    boolean isOfTxns() {
      return task == null && remake == null;
    }
  }

  private final DataFiles files;
  private TxnLog log;
  private final SnapshotThread snapshots;
  private final Listener listener;
  private final ServerMetrics metrics;
  private final Thread thread;
  private final ConcurrentLinkedQueue<Batch> queued = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Batch> spare = new ConcurrentLinkedQueue<>();

  // The core thread's.
  private Batch filling = new Batch();
  private long generation;

  // The journal thread's.
  private final ArrayDeque<Batch> writing = new ArrayDeque<>();
  private long generationMin;
  private boolean ended;
  private long lookedNanos = System.nanoTime();
  private boolean lost;
  private long askedNanos;
  private int asked;

  /** The core has heard why what is lost cannot be made anew for now. */
  private boolean toldLack;

  private final AtomicLong backlogBytes = new AtomicLong();
  private final AtomicInteger backlogTxns = new AtomicInteger();

  /** Of this thread; {@link #coreFigures} are the core's. */
  private final ThreadMetrics figures;

  private final ThreadMetrics coreFigures;
  private volatile boolean waiting;
  private volatile boolean closing;

  public JournalThread(
      DataFiles files, SnapshotThread snapshots, Listener listener, ServerMetrics metrics) {
    this.files = files;
    this.log = files.journal().log();
    this.snapshots = snapshots;
    this.listener = listener;
    this.metrics = metrics;
    this.figures = metrics.newThread();
    this.coreFigures = metrics.newThread();
    this.thread = new Thread(this::run, "paddock-journal");
    this.thread.setDaemon(true);
    this.thread.setUncaughtExceptionHandler((ended, cause) -> listener.failed(cause));
  }

  public void start() {
    thread.start();
  }

  @Override
  public void append(long zxid, byte[] bytes, int from, int length) {
    if (!filling.takes(zxid)) {
      force();
    }
    filling.add(zxid, bytes, from, length);
  }

  @Override
  public void force() {
    if (filling.count == 0) {
      return;
    }
    handOver();
  }

  /** Does {@code work} on this thread once everything appended so far is durable. */
  public void between(Runnable work) {
    execute(
        between -> {
          work.run();
          return between;
        });
  }

  /** Does {@code task} on this thread once everything appended so far is durable. */
  void execute(Task task) {
    force();
    filling.task = task;
    handOver();
  }

  /**
   * Makes the files anew, which are lost.
   *
   * @param tree with everything appended so far
   */
  public void remake(Tree tree) {
    force();
    filling.remake = tree;
    handOver();
  }

  private void handOver() {
    filling.generation = generation;
    if (filling.count > 0) {
      coreFigures.add(HotCounter.SYNC_PROCESSOR_REQUEST_QUEUED, filling.count);
      coreFigures.record(
          HotSummary.SYNC_PROCESSOR_QUEUE_SIZE, backlogTxns.getAndAdd(filling.count));
      filling.handedNanos = System.nanoTime();
    }
    backlogBytes.addAndGet(filling.bytes.size());
    queued.add(filling);
    Batch next = spare.poll();
    filling = next == null ? new Batch() : next;
    wake();
  }

  @Override
  public void snapshot(Tree tree) {
    if (snapshots.offer(tree)) {
      filling.rollFirst = true;
    }
  }

  /**
   * What was appended and not forced is given up, and so is everything in the queue: called by the
   * core once it has heard {@link Listener#diskFull} and taken its proposals back.
   */
  public void newGeneration() {
    generation++;
    filling.clear();
  }

  /** Bytes handed over and not on disk yet. Any thread. */
  public long backlogBytes() {
    return backlogBytes.get();
  }

  /** Writes what is queued, closes the log and ends the thread. */
  @Override
  public void close() {
    closing = true;
    ThreadEnd.await(thread);
  }

  private void wake() {
    if (waiting) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!ended) {
      if (!turn() && !ended && !awaitWork(IDLE_NANOS) && !idleTurn()) {
        awaitWork(LOOK_NANOS);
      }
    }
  }

  /** Writes what is queued, or ends when that is wanted; false when there was nothing to write. */
  public boolean turn() {
    return attempt(
        () -> {
          takeQueued();
          if (closing || System.nanoTime() - lookedNanos > LOOK_NANOS) {
            look();
          }
          if (lost) {
            return lostTurn();
          }
          dropRemakes();
          if (!writing.isEmpty()) {
            if (writing.peekFirst().task == null) {
              writeGroup();
            } else {
              runTask();
            }
            return true;
          }
          if (closing) {
            log.close();
            ended = true;
          }
          return false;
        });
  }

  /** Makes room for what will come; false when there is enough. */
  public boolean idleTurn() {
    return !lost && attempt(() -> log.preallocate());
  }

  /** Sees whether everything is in its place. */
  public void look() {
    lookedNanos = System.nanoTime();
    if (lost) {
      return;
    }
    List<String> gone = files.lost();
    if (!gone.isEmpty()) {
      lose(String.join("; ", gone));
      return;
    }
    files.mend();
  }

  private void lose(String what) {
    if (!lost) {
      lost = true;
      toldLack = false;
      asked = 0;
      LOG.error(
          "Files were lost under the running server: {}. A restart would not find what was acknowledged; nothing more is"
              + " acknowledged until they are made anew from memory",
          what);
      ask();
    }
  }

  private void ask() {
    asked++;
    askedNanos = System.nanoTime();
    listener.filesLost();
  }

  /** Makes the files anew as soon as there is a tree to do it with. */
  private boolean lostTurn() throws IOException {
    Batch wanted = null;
    for (Batch batch : writing) {
      wanted = batch.remake == null ? wanted : batch;
    }
    if (wanted == null) {
      if (System.nanoTime() - askedNanos > REMAKE_RETRY_NANOS) {
        if (closing && asked >= REMAKE_TRIES_AT_END) {
          throw new FilesLostException("the server stops without its files", null);
        }
        ask();
      }
      if (closing) {
        LockSupport.parkNanos(this, IDLE_NANOS);
      }
      return false;
    }
    makeAnew(wanted);
    return true;
  }

  /** What was appended before it was asked for is in the tree, and need not be written. */
  private void makeAnew(Batch wanted) throws IOException {
    long taken = -1;
    try {
      log = files.remake(wanted.remake);
      lost = false;
      while (writing.contains(wanted)) {
        Batch batch = firstWithoutTask();
        taken = batch.isOfTxns() ? batch.firstZxid + batch.count - 1 : taken;
        writing.remove(batch);
        recycle(batch);
      }
      if (taken >= 0) {
        listener.durable(taken);
      }
    } catch (DiskFullException e) {
      askedNanos = System.nanoTime();
      boolean any = writing.stream().anyMatch(Batch::isOfTxns);
      dropRemakes();
      if (any || !toldLack) {
        toldLack = true;
        giveUp(wanted.generation, e);
      }
    } catch (FilesLostException e) {
      // Again, or still: the next tree will do.
      askedNanos = System.nanoTime();
      LOG.warn("The files could not be made anew, it is tried again: {}", e.getMessage());
      dropRemakes();
    }
  }

  private Batch firstWithoutTask() {
    return writing.stream().filter(batch -> batch.task == null).findFirst().orElseThrow();
  }

  /** None is wanted any more, or another one will be. */
  private void dropRemakes() {
    writing.removeIf(batch -> batch.remake != null);
  }

  /** Everything appended so far is not taken. */
  private void giveUp(long generationOfNone, DiskFullException cause) {
    generationMin = generationOfNone + 1;
    LOG.debug("Transactions are not taken", cause);
    for (Batch batch : List.copyOf(writing)) {
      if (batch.task == null && batch.generation < generationMin) {
        writing.remove(batch);
        recycle(batch);
      }
    }
    listener.diskFull(cause.getMessage());
  }

  private boolean attempt(Step step) {
    try {
      return step.run();
    } catch (FilesLostException e) {
      if (!closing || asked < REMAKE_TRIES_AT_END) {
        lose(e.getMessage());
        return true;
      }
      ended = true;
      listener.failed(e);
      return false;
    } catch (Throwable e) {
      // Nothing is tried again: what the disk holds now, the next start will find out.
      ended = true;
      listener.failed(e);
      return false;
    }
  }

  /** A piece of the thread's work. */
  private interface Step {
    boolean run() throws IOException;
  }

  /** Waits until there is something to do, or so long; whether there is. */
  private boolean awaitWork(long nanos) {
    long start = System.nanoTime();
    waiting = true;
    while (queued.isEmpty() && !closing) {
      long left = nanos - (System.nanoTime() - start);
      if (left <= 0) {
        break;
      }
      LockSupport.parkNanos(this, left);
    }
    waiting = false;
    return !queued.isEmpty() || closing;
  }

  private void takeQueued() {
    for (Batch batch = queued.poll(); batch != null; batch = queued.poll()) {
      if (batch.generation < generationMin && batch.task == null) {
        recycle(batch);
      } else {
        writing.add(batch);
      }
    }
  }

  private void runTask() throws IOException {
    // What is done to files goes by their names, and these must be ours.
    look();
    if (lost) {
      return;
    }
    Batch batch = writing.peekFirst();
    try {
      log = batch.task.run(log);
    } catch (IOException e) {
      List<String> gone = files.lost();
      if (gone.isEmpty()) {
        throw e;
      }
      // It is done again once they are back.
      throw new FilesLostException(String.join("; ", gone), e);
    }
    writing.removeFirst();
    recycle(batch);
  }

  private void writeGroup() throws IOException {
    try {
      long startNanos = System.nanoTime();
      int txns = 0;
      for (Batch batch : writing) {
        if (!batch.isOfTxns()) {
          break;
        }
        figures.record(HotSummary.SYNC_PROCESSOR_QUEUE_TIME_MS, startNanos - batch.handedNanos);
        writeBatch(batch);
        txns += batch.count;
      }
      long writtenNanos = System.nanoTime();
      log.force();
      recordGroup(startNanos, writtenNanos);
      metrics.forced(log.lastForceNanos());
      metrics.record(EventSummary.SYNC_PROCESSOR_BATCH_SIZE, txns);
      listener.durable(log.forcedZxid());
    } catch (FilesLostException e) {
      // As below.
      listener.durable(log.forcedZxid());
      throw e;
    } catch (DiskFullException e) {
      long generationOfNone = writing.peekFirst().generation;
      log.discard();
      // A roll in the middle of the group may have forced a part of it.
      listener.durable(log.forcedZxid());
      giveUp(generationOfNone, e);
      return;
    }
    while (!writing.isEmpty() && writing.peekFirst().isOfTxns()) {
      recycle(writing.removeFirst());
    }
  }

  private void recordGroup(long startNanos, long writtenNanos) {
    long doneNanos = System.nanoTime();
    figures.record(HotSummary.SYNC_PROCESSOR_QUEUE_FLUSH_TIME_MS, doneNanos - writtenNanos);
    figures.record(HotSummary.SYNC_PROCESS_TIME, doneNanos - startNanos);
    for (Batch batch : writing) {
      if (batch.task != null) {
        break;
      }
      figures.record(
          HotSummary.SYNC_PROCESSOR_QUEUE_AND_FLUSH_TIME_MS, doneNanos - batch.handedNanos);
    }
  }

  private void writeBatch(Batch batch) throws IOException {
    if (batch.rollFirst) {
      log.roll();
    }
    int at = 0;
    for (int i = 0; i < batch.count; i++) {
      log.append(batch.firstZxid + i, batch.bytes.array(), at, batch.lengths[i]);
      at += batch.lengths[i];
    }
  }

  private void recycle(Batch batch) {
    backlogBytes.addAndGet(-batch.bytes.size());
    backlogTxns.addAndGet(-batch.count);
    batch.clear();
    if (spare.size() < BATCHES_SPARE_MAX) {
      spare.add(batch);
    }
  }
}
