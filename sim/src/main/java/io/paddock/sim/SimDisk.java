package io.paddock.sim;

import io.paddock.journal.DiskFailedException;
import io.paddock.journal.DiskFullException;
import io.paddock.journal.Journal;
import io.paddock.journal.LogSpot;
import io.paddock.journal.TxnLog;
import io.paddock.replica.MemberDisk;
import io.paddock.replica.Replica;
import io.paddock.tree.SnapshotBody;
import io.paddock.tree.Tree;
import io.paddock.zab.LogPlace;
import io.paddock.zab.ZabInput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The disk of a running server: the shipping journal on a storage in memory, behind a queue that
 * takes its time. Everything happens in the order in which it was asked for; transactions that have
 * gathered are written and forced together. When the process dies, what is in the queue was never
 * written. One thread.
 */
final class SimDisk implements MemberDisk {
  private static final int SNAPSHOT_MS_MAX = 60;
  private static final int SLOW_MS_MAX = 300;
  private static final int SLOW_MS_MIN = 50;
  private static final int FAST_MS_MAX = 6;
  private static final int ROOM_RETRY_MS = 1000;

  /** Work in its place between transactions; it may close the log and give another one back. */
  private interface Task {
    TxnLog run(TxnLog log) throws IOException;
  }

  /** A transaction, or a task. */
  private record Request(long generation, long zxid, byte[] bytes, boolean roll, Task task) {}

  /** Takes what {@link #read} finds. */
  interface PacedSender {
    void txn(long zxid, byte[] bytes);

    void end(boolean whole);
  }

  private final World world;
  private final SimServer machine;
  private final Incarnation process;
  private final Journal journal;
  private final List<Request> filling = new ArrayList<>();
  private final ArrayDeque<Request> queue = new ArrayDeque<>();
  private TxnLog log;
  private boolean working;
  private long generation;
  private long generationMin;
  private boolean rollNext;

  /** The tree that is being written as a snapshot in the background; null without. */
  private Tree snapshot;

  SimDisk(World world, SimServer machine, Incarnation process, Journal journal) {
    this.world = world;
    this.machine = machine;
    this.process = process;
    this.journal = journal;
    this.log = journal.log();
  }

  private void answer(Consumer<Replica> outcome) {
    process.later(outcome);
  }

  @Override
  public void append(long zxid, byte[] bytes, int from, int length) {
    byte[] copy = Arrays.copyOfRange(bytes, from, from + length);
    process.appends(zxid, copy);
    filling.add(new Request(generation, zxid, copy, rollNext, null));
    rollNext = false;
    if (world.canary == Canary.ACKNOWLEDGE_BEFORE_FORCE) {
      answer(replica -> replica.on(new ZabInput.Durable(zxid)));
    }
  }

  @Override
  public void force() {
    if (!filling.isEmpty()) {
      queue.addAll(filling);
      filling.clear();
      work();
    }
  }

  private void execute(Task task) {
    force();
    queue.addLast(new Request(generation, 0, null, false, task));
    work();
  }

  /** What was appended and is not durable is given up: the core has heard of the full disk. */
  void newGeneration() {
    generation++;
    filling.clear();
  }

  private void work() {
    if (!working && !queue.isEmpty()) {
      working = true;
      // A disk that answers too early may well be a slow one: so less time shows it.
      boolean slow = machine.isSlow() || world.canary == Canary.ACKNOWLEDGE_BEFORE_FORCE;
      world.after(
          slow ? SLOW_MS_MIN + world.upTo(SLOW_MS_MAX) : world.upTo(FAST_MS_MAX), this::turn);
    }
  }

  private void turn() {
    if (process.isGone()) {
      return;
    }
    if (process.isPaused()) {
      world.after(FAST_MS_MAX, this::turn);
      return;
    }
    working = false;
    process.onDisk(
        () -> {
          Task task = queue.peekFirst().task;
          if (task == null) {
            writeGroup();
          } else {
            queue.removeFirst();
            log = task.run(log);
          }
        });
    work();
  }

  private void writeGroup() throws IOException {
    List<Request> group = new ArrayList<>();
    while (!queue.isEmpty() && queue.peekFirst().task == null) {
      Request next = queue.removeFirst();
      if (next.generation >= generationMin) {
        group.add(next);
      }
    }
    if (group.isEmpty()) {
      return;
    }
    try {
      for (Request request : group) {
        if (request.roll) {
          log.roll();
        }
        log.append(request.zxid, request.bytes, 0, request.bytes.length);
      }
      log.force();
      durable();
    } catch (DiskFullException e) {
      generationMin = group.get(0).generation + 1;
      log.discard();
      durable();
      world.tell(machine.name(), () -> "has no room for transactions");
      process.laterOnCore(process::onDiskFull);
    }
  }

  private void durable() {
    long zxid = log.forcedZxid();
    if (world.canary != Canary.ACKNOWLEDGE_BEFORE_FORCE) {
      answer(replica -> replica.on(new ZabInput.Durable(zxid)));
    }
  }

  @Override
  public void snapshot(Tree tree) {
    if (snapshot != null) {
      return;
    }
    snapshot = tree;
    rollNext = true;
    world.after(
        world.upTo(SNAPSHOT_MS_MAX),
        () -> {
          if (!process.isGone() && snapshot == tree) {
            process.onDisk(this::finishSnapshot);
          }
        });
  }

  /** What would wait for the snapshot's thread writes it now. */
  private void finishSnapshot() throws IOException {
    Tree tree = snapshot;
    if (tree == null) {
      return;
    }
    snapshot = null;
    try {
      journal.writeSnapshot(tree.zxid(), digest(tree), out -> SnapshotBody.write(tree, out));
      if (world.oneIn(2)) {
        journal.purge();
      }
    } catch (DiskFullException e) {
      // Tried again with the next one: the log has everything.
      world.tell(machine.name(), () -> "has no room for a snapshot");
    }
  }

  private static OptionalLong digest(Tree tree) {
    return OptionalLong.of(tree.digest());
  }

  @Override
  public void saveAcceptedEpoch(long epoch) {
    saveEpoch(
        log -> {
          log.probe();
          journal.epochs().saveAccepted(epoch);
          return log;
        },
        replica -> replica.on(new ZabInput.AcceptedEpochSaved(epoch)));
  }

  @Override
  public void saveCurrentEpoch(long epoch) {
    saveEpoch(
        log -> {
          journal.epochs().saveCurrent(epoch);
          return log;
        },
        replica -> replica.on(new ZabInput.CurrentEpochSaved(epoch)));
  }

  private void saveEpoch(Task task, Consumer<Replica> answer) {
    boolean early = world.canary == Canary.EPOCH_SAVED_AFTER_ITS_ACK;
    if (early) {
      answer(answer);
    }
    save(
        log -> {
          TxnLog next = task.run(log);
          if (!early) {
            answer(answer);
          }
          return next;
        });
  }

  /** Does {@code task} as soon as there is room for it. */
  private void save(Task task) {
    execute(
        log -> {
          try {
            return task.run(log);
          } catch (DiskFullException e) {
            world.tell(machine.name(), () -> "waits for room on its disk");
            world.after(
                ROOM_RETRY_MS,
                () -> {
                  if (!process.isGone()) {
                    save(task);
                  }
                });
            return log;
          }
        });
  }

  @Override
  public void truncate(long zxid) {
    save(
        log -> {
          finishSnapshot();
          if (!journal.truncate(zxid)) {
            answer(replica -> replica.on(new ZabInput.TruncateFailed(zxid)));
            return log;
          }
          Tree tree = new Loading(journal, 1).load();
          if (tree.zxid() != zxid) {
            throw new DiskFailedException(
                "cut at " + Chronicle.hex(zxid) + " the log leads to " + Chronicle.hex(tree.zxid()),
                null);
          }
          answer(
              replica -> {
                process.cutAfter(zxid);
                replica.onTruncated(zxid, tree);
              });
          return journal.log();
        });
  }

  @Override
  public void saveSnapshot(Tree tree) {
    save(
        log -> {
          finishSnapshot();
          journal.install(tree.zxid(), digest(tree), out -> SnapshotBody.write(tree, out));
          answer(replica -> replica.on(new ZabInput.SnapshotSaved(tree.zxid())));
          return journal.log();
        });
  }

  @Override
  public void findInLog(long connection, long zxid) {
    inBackground(
        () -> {
          LogSpot spot = journal.find(zxid);
          LogPlace place =
              spot == null || world.oneIn(4)
                  ? LogPlace.NONE
                  : new LogPlace(true, spot.at(), spot.next());
          answer(replica -> replica.on(new ZabInput.FoundInLog(connection, place)));
        });
  }

  /**
   * Hands the transactions after one up to another to {@code sink}, once all that was appended is
   * durable.
   */
  void read(long after, long upTo, PacedSender sink) {
    inBackground(
        () ->
            sink.end(
                journal.read(
                    after,
                    upTo,
                    (zxid, bytes, from, length) ->
                        sink.txn(zxid, Arrays.copyOfRange(bytes, from, from + length)))));
  }

  /** Reads the log's files beside the disk's queue, once everything appended so far is in them. */
  private void inBackground(Incarnation.DiskWork reading) {
    execute(
        log -> {
          readLater(reading);
          return log;
        });
  }

  private void readLater(Incarnation.DiskWork reading) {
    world.after(
        world.upTo(FAST_MS_MAX),
        () -> {
          if (process.isPaused()) {
            readLater(reading);
          } else if (!process.isGone()) {
            process.onDisk(reading);
          }
        });
  }
}
