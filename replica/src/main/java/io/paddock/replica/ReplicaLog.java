package io.paddock.replica;

import io.paddock.tree.Applied;
import io.paddock.tree.DigestCheck;
import io.paddock.tree.Tree;
import io.paddock.tree.Txn;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteReader;
import io.paddock.wire.MalformedException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log's side of a replica: what is appended goes to the disk and, applied, to the backlog; a
 * leader's snapshot takes the place of both, or is abandoned.
 *
 * <p>Before a role serves nobody looks at the feed, so after a restart or a truncation it may hold
 * what is not decided yet. One thread.
 */
final class ReplicaLog {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaLog.class);

  /** A leader of Apache's may foretell some digests wrong, until it has a moment's rest. */
  private static final int WRONG_DIGESTS_MAX = 1000;

  private static final long WRONG_DIGESTS_MS_MAX = 10_000;

  private final Disk disk;
  private final SnapshotSchedule snapshots;
  private final JuteReader reader = new JuteReader();
  private Backlog backlog;

  /** What is gone back to if the leader's snapshot is abandoned; null without one. */
  private Backlog before;

  /** A leader's tree that is to be published before what follows it; null without. */
  private Tree rebase;

  private boolean serves;
  private int unforced;
  private final DigestCheck digests = new DigestCheck();
  private long digestMismatches;

  /**
   * @param backlog empty
   */
  ReplicaLog(Backlog backlog, Disk disk, SnapshotSchedule snapshots) {
    this.backlog = backlog;
    this.disk = disk;
    this.snapshots = snapshots;
  }

  /** An empty backlog behind the same feed, on the same tree, for another log. */
  Backlog handOver() {
    return backlog.on(backlog.prospective());
  }

  /** The tree with everything logged or staged. */
  Tree prospective() {
    return backlog.prospective();
  }

  /** The tree with everything handed to the disk: not a leader's that is not to be saved yet. */
  Tree onDisk() {
    return (before == null ? backlog : before).prospective();
  }

  /** The end of the feed. */
  FeedItem last() {
    return backlog.last();
  }

  /** The last that was logged and is not published; null when there is none. */
  FeedItem newest() {
    return backlog.newest();
  }

  /** See {@link Feed#renewals}. */
  Renewals renewals() {
    return backlog.renewals();
  }

  /** See {@link Replica#followed}. */
  void followed(long place) {
    backlog.followed(place);
  }

  /** Logged or staged, or to be answered behind that, and not published yet. */
  int outstanding() {
    return backlog.size();
  }

  List<ZxidDigest> digests() {
    return backlog.digests();
  }

  int unforced() {
    return unforced;
  }

  /** Whether clients look at the feed. */
  void serves(boolean now) {
    serves = now;
  }

  /**
   * Appends a transaction.
   *
   * @param proposed what this server, as leader, made of it; null for another's
   */
  void append(long zxid, byte[] bytes, int from, int length, FeedItem proposed) {
    // What was published and then lost by a full disk comes again: the tree has it.
    if (zxid > prospective().zxid()) {
      stage(zxid, bytes, from, length, proposed);
    }
    disk.append(zxid, bytes, from, length);
    unforced++;
    if (snapshots.count(length) && serves) {
      disk.snapshot(last().tree());
    }
  }

  /**
   * Takes a transaction that a snapshot will have.
   *
   * @throws MalformedException when this is not the transaction; nothing has changed then
   */
  void stage(long zxid, byte[] bytes, int from, int length, FeedItem proposed) {
    FeedItem item = proposed;
    if (item == null) {
      Txn txn = Txn.read(reader.reset(bytes, from, from + length));
      if (txn.zxid() != zxid) {
        throw new MalformedException(
            "0x" + Long.toHexString(zxid) + " carries 0x" + Long.toHexString(txn.zxid()));
      }
      Applied applied = prospective().apply(txn);
      checkDigest(txn, applied.tree());
      item = FeedItem.committed(applied, null, length);
    }
    backlog.log(item);
  }

  private void checkDigest(Txn txn, Tree tree) {
    boolean fuzzy = rebase != null;
    if (fuzzy || !txn.hasDigest()) {
      return;
    }
    digests.add(txn, tree);
    DigestCheck.Difference difference = digests.difference();
    boolean counts =
        difference != null
            && (digests.differing() > WRONG_DIGESTS_MAX
                || txn.header().timeMs() - difference.timeMs() > WRONG_DIGESTS_MS_MAX);
    if (!counts) {
      return;
    }
    if (digestMismatches == 0) {
      LOG.warn(
          "After zxid 0x{} the tree's digest is {}, the leader says {}, and no later digest agrees:"
              + " the two have different trees",
          Long.toHexString(difference.zxid()),
          difference.actual(),
          difference.told());
    }
    digestMismatches++;
  }

  long digestMismatches() {
    return digestMismatches;
  }

  void force() {
    if (unforced > 0) {
      unforced = 0;
      disk.force();
    }
  }

  /** Answers without a transaction, behind everything that was logged before. */
  void answer(Submission submission, ErrorCode error) {
    backlog.answer(submission, error);
  }

  /** See {@link Backlog#answerConfirmed}. */
  void answerConfirmed(Submission sync) {
    backlog.answerConfirmed(sync);
  }

  /** See {@link Backlog#confirm}. */
  void confirm() {
    backlog.confirm();
  }

  /** Takes the oldest, to be published, if it is decided by {@code zxid}; else null. */
  FeedItem takeUpTo(long zxid) {
    if (rebase != null) {
      publish(FeedItem.jump(rebase));
      rebase = null;
    }
    return backlog.takeUpTo(zxid);
  }

  void publish(FeedItem item) {
    backlog.publish(item);
  }

  /**
   * The disk did not take what was appended after {@code zxid}.
   *
   * @return that, and what waited behind it, in order
   */
  List<FeedItem> lostAfter(long zxid) {
    unforced = 0;
    return backlog.takeBackAfter(zxid);
  }

  /** See {@link Backlog#disown}. */
  List<Submission> disown() {
    return backlog.disown();
  }

  /** Nobody waits any more for the answers that took no transaction. */
  void dropAnswers() {
    backlog.dropAnswers();
  }

  /** The log was cut behind {@code zxid}, and leads to {@code tree}. */
  void cutAfter(long zxid, Tree tree) {
    if (!backlog.cutAfter(zxid)) {
      backlog.restart(FeedItem.jump(tree));
    }
  }

  /**
   * The log has no word on what changed: it leads to {@code tree}.
   *
   * @param jumps whether somebody may have watched what changed
   */
  void restart(Tree tree, boolean jumps) {
    backlog.restart(jumps ? FeedItem.jump(tree) : FeedItem.start(tree));
  }

  /** A leader's snapshot is there, in memory. */
  void replace(Tree tree) {
    before = backlog;
    backlog = backlog.on(tree);
    rebase = tree;
  }

  /** The leader's snapshot is not to be used after all. */
  void abandonSnapshot() {
    if (before != null) {
      backlog = before;
      rebase = null;
      before = null;
    }
  }

  /** The leader's snapshot, with what was staged on it, is to be saved: there is no way back. */
  Tree snapshotToSave() {
    before = null;
    return prospective();
  }
}
