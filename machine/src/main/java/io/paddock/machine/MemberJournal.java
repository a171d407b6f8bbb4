package io.paddock.machine;

import io.paddock.config.CauseWords;
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
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's disk: the journal's thread does everything, in the order in which it was asked for,
 * and hands the outcome back to the core. Called by the core's thread.
 */
public final class MemberJournal implements MemberDisk {
  private static final Logger LOG = LoggerFactory.getLogger(MemberJournal.class);

  /** How often it is tried whether a full disk has room again. */
  private static final int ROOM_RETRY_MS = 1000;

  /** So much of the log is sent rather than a tree, however small that is. */
  private static final long LOG_BYTES_CHEAP = 8L << 20;

  /** What a znode takes in a snapshot beside its path and its data, roughly. */
  private static final int ZNODE_BYTES = 80;

  private final Journal journal;
  private final JournalThread thread;
  private final SnapshotThread snapshots;
  private final CoreThread core;
  private final Supplier<DataLoader> loaders;
  private final boolean digestEnabled;
  private final Executor background;
  private final long backlogBytesMax;
  private Replica replica;

  /** The journal thread's: something waits for room. */
  private boolean lacksRoom;

  /**
   * @param loaders make one that loads what the files hold
   * @param background reads the log for learners
   * @param backlogBytesMax with more to be written, the disk does not keep up
   */
  public MemberJournal(
      Journal journal,
      JournalThread thread,
      SnapshotThread snapshots,
      CoreThread core,
      Supplier<DataLoader> loaders,
      boolean digestEnabled,
      Executor background,
      long backlogBytesMax) {
    this.journal = journal;
    this.thread = thread;
    this.snapshots = snapshots;
    this.core = core;
    this.loaders = loaders;
    this.digestEnabled = digestEnabled;
    this.background = background;
    this.backlogBytesMax = backlogBytesMax;
  }

  /** Who hears of outcomes; before the first call of anything else. */
  public void tell(Replica replica) {
    this.replica = replica;
  }

  /** The longest transaction that the log takes. */
  public int recordBytesMax() {
    return journal.recordBytesMax();
  }

  private void answer(Consumer<Replica> outcome) {
    core.later(() -> outcome.accept(replica));
  }

  @Override
  public void append(long zxid, byte[] bytes, int from, int length) {
    thread.append(zxid, bytes, from, length);
  }

  @Override
  public void force() {
    thread.force();
  }

  @Override
  public void snapshot(Tree tree) {
    thread.snapshot(tree);
  }

  @Override
  public void saveAcceptedEpoch(long epoch) {
    save(
        "acceptedEpoch",
        log -> {
          log.probe();
          journal.epochs().saveAccepted(epoch);
          answer(r -> r.on(new ZabInput.AcceptedEpochSaved(epoch)));
          return log;
        });
  }

  @Override
  public void saveCurrentEpoch(long epoch) {
    save(
        "currentEpoch",
        log -> {
          journal.epochs().saveCurrent(epoch);
          answer(r -> r.on(new ZabInput.CurrentEpochSaved(epoch)));
          return log;
        });
  }

  @Override
  public void truncate(long zxid) {
    save("what the log ends with", log -> truncateNow(log, zxid));
  }

  /**
   * Does {@code task}, as soon as there is room for it: until it is answered the member takes part
   * in nothing, so nothing overtakes it.
   */
  private void save(String what, JournalThread.Task task) {
    thread.execute(
        log -> {
          TxnLog next;
          try {
            next = task.run(log);
          } catch (DiskFullException e) {
            // A full log has been told of already.
            if (!lacksRoom && !log.lacksRoom()) {
              LOG.error(
                  "{} cannot be saved, and this server takes no part in the ensemble until it can: {}",
                  what,
                  e.getMessage());
            }
            lacksRoom = true;
            Runnable again = () -> core.input(() -> save(what, task));
            core.loop().schedule(again, ROOM_RETRY_MS, TimeUnit.MILLISECONDS);
            return log;
          }
          if (lacksRoom) {
            lacksRoom = false;
            LOG.info(
                "The disk takes what is to be saved again: this server takes part in the ensemble");
          }
          return next;
        });
  }

  private TxnLog truncateNow(TxnLog log, long zxid) throws IOException {
    snapshots.awaitIdle();
    if (!journal.truncate(zxid)) {
      answer(r -> r.on(new ZabInput.TruncateFailed(zxid)));
      return log;
    }
    Tree tree = loaders.get().load();
    if (tree.zxid() != zxid) {
      throw new IOException(
          "after cutting the log at 0x"
              + Long.toHexString(zxid)
              + " it leads to 0x"
              + Long.toHexString(tree.zxid()));
    }
    answer(r -> r.onTruncated(zxid, tree));
    return journal.log();
  }

  @Override
  public void saveSnapshot(Tree tree) {
    save(
        "the leader's snapshot",
        log -> {
          snapshots.awaitIdle();
          OptionalLong digest =
              digestEnabled ? OptionalLong.of(tree.digest()) : OptionalLong.empty();
          journal.install(tree.zxid(), digest, out -> SnapshotBody.write(tree, out));
          answer(r -> r.on(new ZabInput.SnapshotSaved(tree.zxid())));
          return journal.log();
        });
  }

  @Override
  public void findInLog(long connection, long zxid) {
    inBackground(
        () -> {
          LogPlace place;
          try {
            place = find(zxid);
          } catch (IOException | RuntimeException e) {
            LOG.warn(
                "The log cannot be read for a learner, it gets a snapshot: {}", CauseWords.of(e));
            place = LogPlace.NONE;
          }
          LogPlace found = place;
          answer(r -> r.on(new ZabInput.FoundInLog(connection, found)));
        });
  }

  /**
   * A learner that stands neither at a record nor beyond the end of an epoch gets a snapshot; and
   * so does one that lacks much compared with the tree.
   */
  private LogPlace find(long zxid) throws IOException {
    LogSpot spot = journal.find(zxid);
    Tree tree = core.tree();
    long treeBytes = tree.dataBytes() + (long) ZNODE_BYTES * tree.nodeCount();
    boolean cheap = spot != null && spot.bytesBehind() <= Math.max(LOG_BYTES_CHEAP, treeBytes / 2);
    return cheap ? new LogPlace(true, spot.at(), spot.next()) : LogPlace.NONE;
  }

  /**
   * Hands the transactions after one up to another to {@code sink}, as soon as all that was
   * appended is durable.
   */
  public void read(long after, long upTo, LogPieces sink) {
    inBackground(
        () -> {
          boolean whole = false;
          try {
            whole = journal.read(after, upTo, sink::txn);
          } catch (IOException | RuntimeException e) {
            LOG.info("The log could not be sent to a learner to its end: {}", CauseWords.of(e));
          } finally {
            sink.end(whole);
          }
        });
  }

  /** Reads the log's files, once everything appended so far is in them. */
  private void inBackground(Runnable reading) {
    thread.execute(
        log -> {
          background.execute(reading);
          return log;
        });
  }

  /** Bytes that were handed over and are not on disk yet. */
  public long backlogBytes() {
    return thread.backlogBytes();
  }

  /** Whether the disk is not too far behind what was handed to it. */
  public boolean keepsUp() {
    return thread.backlogBytes() <= backlogBytesMax;
  }

  /** Takes what {@link #read} finds; called by a thread that it may keep waiting. */
  public interface LogPieces {
    void txn(long zxid, byte[] bytes, int from, int length) throws IOException;

    void end(boolean whole);
  }
}
