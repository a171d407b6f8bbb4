package io.paddock.replica;

import io.paddock.tree.Prep;
import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.zab.Effects;
import io.paddock.zab.Quorum;
import io.paddock.zab.Role;
import io.paddock.zab.Zab;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server's copy of the state, and the way of a write through it: {@link Prep} makes it a
 * transaction on the prospective tree, {@link Zab} has it appended and says when it is committed,
 * the feed takes it to the client loops.
 *
 * <p>Two trees: the prospective one has everything proposed, the committed one everything
 * published. They are two roots of one persistent structure, so what was proposed and then lost is
 * undone by forgetting a reference.
 *
 * <p>Confined to one thread, the core's. The time comes from {@link Clock}.
 */
public final class Replica implements Participant {
  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

  private final ReplicaSettings settings;
  private final Disk disk;
  private final Clock clock;
  private final Zab zab;
  private final Proposer proposer;
  private final Upkeep upkeep;
  private final SnapshotSchedule snapshots;
  private final Backlog backlog;
  private int unforced;
  private boolean diskFull;
  private long nextProbeMs;
  private CoreMeter meter = CoreMeter.NONE;

  /**
   * @param recovered the tree as snapshot and log give it
   * @param txnsReplayed how many of its transactions came from the log, which count towards the
   *     next snapshot
   * @param seed of the random parts of the snapshot schedule
   */
  public Replica(
      ReplicaSettings settings,
      Tree recovered,
      long txnsReplayed,
      Prep prep,
      Disk disk,
      Clock clock,
      long seed) {
    this.settings = settings;
    this.disk = disk;
    this.clock = clock;
    this.backlog = new Backlog(recovered);
    this.upkeep = new Upkeep(settings, clock, new Owner());
    this.snapshots =
        new SnapshotSchedule(
            settings.snapshotTxns(),
            settings.snapshotBytes(),
            txnsReplayed,
            new SplittableRandom(seed));
    this.zab = new Zab(1, Quorum.ofOne(1), recovered.zxid(), new ZabEffects());
    this.proposer = new Proposer(zab, prep, clock);
  }

  @Override
  public void countIn(CoreMeter newMeter) {
    meter = newMeter;
    proposer.countIn(newMeter);
  }

  /** Takes the lead, alone as it is, and gives every session of the tree its full timeout. */
  @Override
  public void start() {
    zab.start();
    upkeep.begin(prospective());
  }

  /** The end of the feed: where a client loop that starts now begins to follow. */
  @Override
  public FeedItem last() {
    return backlog.last();
  }

  @Override
  public void followed(long place) {
    backlog.followed(place);
  }

  /** Requests that are proposed and not answered yet. */
  @Override
  public int outstanding() {
    return backlog.size();
  }

  /** Whether writes are refused because the disk has no room. */
  public boolean isDiskFull() {
    return diskFull;
  }

  /** The sessions by the monotonic time at which they expire. */
  @Override
  public Map<Long, List<Long>> sessionsByDeadline() {
    return upkeep.byDeadline();
  }

  @Override
  public long sessionsExpired() {
    return upkeep.expired();
  }

  @Override
  public List<ZxidDigest> digests() {
    return backlog.digests();
  }

  /** See {@link Core#submit}. */
  @Override
  public void submit(Submission submission) {
    switch (submission.kind()) {
      case WRITE -> write(submission);
      case SYNC -> backlog.answer(submission, ErrorCode.OK);
      case RENEW -> renew(submission);
    }
  }

  /** See {@link Core#touch}. */
  @Override
  public void touch(long sessionId, int timeoutMs) {
    upkeep.touch(sessionId, timeoutMs);
  }

  /** Transactions appended since the last {@link #endBurst}. */
  @Override
  public int unforced() {
    return unforced;
  }

  /** No more requests are at hand for the moment: what was proposed is to become durable. */
  @Override
  public void endBurst() {
    if (unforced > 0) {
      unforced = 0;
      disk.force();
    }
  }

  /** Everything appended up to {@code zxid} is on disk. */
  @Override
  public void onDurable(long zxid) {
    // With a full disk comes a report of what was durable before, too: that is no sign of room.
    boolean more = zxid > zab.lastCommitted();
    zab.onDurable(zxid);
    if (diskFull && more) {
      diskFull = false;
      LOG.info("The disk takes writes again, from zxid 0x{} on", Long.toHexString(zxid));
    }
  }

  /**
   * The disk had no room for what was appended after the last durable transaction, and has dropped
   * it: those requests are answered with an error, since nobody can have seen their effect, and
   * what waited behind them without being a write is looked at again. Reads go on.
   */
  @Override
  public void onDiskFull(String what) {
    if (!diskFull) {
      diskFull = true;
      LOG.error("Writes are refused until the disk takes them again, reads go on: {}", what);
    }
    nextProbeMs = clock.monotonicMs() + settings.tickMs();
    zab.onAppendsLost();
    unforced = 0;
    List<FeedItem> lost = backlog.takeBack();
    upkeep.align(prospective());
    for (FeedItem item : lost) {
      submit(item.submission());
    }
  }

  @Override
  public Tree logged() {
    return prospective();
  }

  /**
   * Lets time pass: expires sessions, removes empty containers and TTL znodes whose time is over.
   * To be called several times a tick.
   */
  @Override
  public void tick() {
    if (!upkeep.isOnTime()) {
      return;
    }
    if (diskFull) {
      probe(clock.monotonicMs());
    } else {
      upkeep.work();
    }
    endBurst();
  }

  /**
   * While the disk is full, an empty multi is tried once a tick: it changes nothing, and tells when
   * there is room.
   */
  private void probe(long now) {
    if (now >= nextProbeMs && backlog.isEmpty()) {
      nextProbeMs = now + settings.tickMs();
      propose(Submission.write(0, 0, new Op.Multi(List.of()), List.of(), null));
    }
  }

  private void write(Submission submission) {
    long id = submission.sessionId();
    Op op = submission.op();
    if (diskFull) {
      backlog.answer(submission, ErrorCode.SYSTEMERROR);
      return;
    }
    boolean needsSession = !(op instanceof Op.CreateSession || op instanceof Op.DeleteContainer);
    if (needsSession && prospective().sessionTimeoutMs(id) < 0) {
      return;
    }
    if (op instanceof Op.CreateSession create) {
      upkeep.opens(id, create.timeoutMs());
    } else if (op instanceof Op.CloseSession) {
      upkeep.closes(id);
    }
    propose(submission);
  }

  private void renew(Submission submission) {
    boolean alive =
        submission.passwdValid()
            && upkeep.renew(submission.sessionId(), submission.timeoutMs(), prospective());
    backlog.answer(submission, alive ? ErrorCode.OK : ErrorCode.SESSIONEXPIRED);
  }

  private void propose(Submission submission) {
    proposer.propose(prospective(), submission);
  }

  private Tree prospective() {
    return backlog.prospective();
  }

  private final class Owner implements Upkeep.Owner {
    @Override
    public Tree prospective() {
      return backlog.prospective();
    }

    @Override
    public void propose(Submission submission) {
      write(submission);
    }
  }

  private final class ZabEffects implements Effects {
    @Override
    public void append(long zxid, byte[] bytes, int from, int length) {
      backlog.log(proposer.underWay());
      disk.append(zxid, bytes, from, length);
      unforced++;
      if (snapshots.count(length)) {
        disk.snapshot(last().tree());
      }
    }

    @Override
    public void commit(long zxid) {
      long nowMs = clock.wallMs();
      for (FeedItem item = backlog.takeUpTo(zxid); item != null; item = backlog.takeUpTo(zxid)) {
        backlog.publish(item);
        if (item.applied() != null) {
          meter.committed(item, nowMs - item.applied().txn().header().timeMs(), null);
        }
      }
    }

    @Override
    public void became(Role role) {
      LOG.info("Zab: {} at zxid 0x{}", role, Long.toHexString(zab.lastCommitted()));
    }
  }
}
