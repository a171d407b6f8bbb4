package io.paddock.replica;

import io.paddock.tree.Applied;
import io.paddock.tree.Prep;
import io.paddock.tree.Reaper;
import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.zab.Effects;
import io.paddock.zab.Quorum;
import io.paddock.zab.Role;
import io.paddock.zab.Zab;
import java.util.ArrayDeque;
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
  private static final int SCRATCH_BYTES_MAX = 64 << 10;

  /** With a shorter tick than this an ordinary delay of the thread is not taken for a pause. */
  private static final long PAUSE_MS_MIN = 100;

  private final ReplicaSettings settings;
  private final Prep prep;
  private final Disk disk;
  private final Clock clock;
  private final Zab zab;
  private final SessionClock sessions;
  private final SnapshotSchedule snapshots;
  private final DigestRing digests = new DigestRing();
  private final JuteWriter scratch = new JuteWriter(4096);

  /** What was proposed or is to be answered behind it, in order, and not published yet. */
  private final ArrayDeque<FeedItem> pending = new ArrayDeque<>();

  private Tree prospective;
  private FeedItem last;
  private int unforced;
  private boolean diskFull;
  private long lastTickMs;
  private long nextReapMs;
  private long nextProbeMs;

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
    this.prep = prep;
    this.disk = disk;
    this.clock = clock;
    this.prospective = recovered;
    this.last = FeedItem.start(recovered);
    this.sessions = new SessionClock(settings.tickMs());
    this.snapshots =
        new SnapshotSchedule(
            settings.snapshotTxns(),
            settings.snapshotBytes(),
            txnsReplayed,
            new SplittableRandom(seed));
    this.zab = new Zab(1, Quorum.ofOne(1), recovered.zxid(), new ZabEffects());
  }

  /** Takes the lead, alone as it is, and gives every session of the tree its full timeout. */
  @Override
  public void start() {
    zab.start();
    long now = clock.monotonicMs();
    lastTickMs = now;
    nextReapMs = now + settings.reapIntervalMs();
    prospective.forEachSession((id, timeoutMs) -> sessions.touch(id, timeoutMs, now));
  }

  /** The end of the feed: where a client loop that starts now begins to follow. */
  @Override
  public FeedItem last() {
    return last;
  }

  /** Requests that are proposed and not answered yet. */
  @Override
  public int outstanding() {
    return pending.size();
  }

  /** Whether writes are refused because the disk has no room. */
  public boolean isDiskFull() {
    return diskFull;
  }

  /** The sessions by the monotonic time at which they expire. */
  @Override
  public Map<Long, List<Long>> sessionsByDeadline() {
    return sessions.byDeadline();
  }

  /** The digests of some transactions past. */
  @Override
  public List<ZxidDigest> digests() {
    return digests.list();
  }

  /** See {@link Core#submit}. */
  @Override
  public void submit(Submission submission) {
    switch (submission.kind()) {
      case WRITE -> write(submission);
      case SYNC -> answer(submission, ErrorCode.OK);
      case RENEW -> renew(submission);
    }
  }

  /** See {@link Core#touch}. */
  @Override
  public void touch(long sessionId, int timeoutMs) {
    if (sessions.knows(sessionId)) {
      sessions.touch(sessionId, timeoutMs, clock.monotonicMs());
    }
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
      LOG.info("The disk has room again: writes go on from zxid 0x{}", Long.toHexString(zxid));
    }
  }

  /**
   * The disk had no room for what was appended after the last durable transaction, and has dropped
   * it: those requests are answered with an error, since nobody can have seen their effect, and
   * what waited behind them without being a write is looked at again. Reads go on.
   */
  @Override
  public void onDiskFull() {
    long now = clock.monotonicMs();
    if (!diskFull) {
      diskFull = true;
      LOG.error(
          "The disk of the transaction log is full: writes are refused until there is room; reads go on. Free some space"
              + " on the device of dataLogDir");
    }
    nextProbeMs = now + settings.tickMs();
    zab.onAppendsLost();
    unforced = 0;
    prospective = last.tree();
    // Sessions that were to be made are not there, those that were to be closed are.
    sessions.retain(id -> prospective.sessionTimeoutMs(id) >= 0);
    prospective.forEachSession(
        (id, timeoutMs) -> {
          if (!sessions.knows(id)) {
            sessions.touch(id, timeoutMs, now);
          }
        });
    List<FeedItem> lost = List.copyOf(pending);
    pending.clear();
    for (FeedItem item : lost) {
      submit(item.submission());
    }
  }

  /**
   * Lets time pass: expires sessions, removes empty containers and TTL znodes whose time is over.
   * To be called several times a tick.
   */
  @Override
  public void tick() {
    long now = clock.monotonicMs();
    boolean paused = now - lastTickMs > Math.max(settings.tickMs(), PAUSE_MS_MIN);
    lastTickMs = now;
    if (paused) {
      // The process itself stood still: what clients sent meanwhile is still in the sockets. Hear
      // them first.
      LOG.warn("The server stood still for a tick or more; session expiry waits for another round");
      return;
    }
    if (!diskFull) {
      expire(now);
      reap(now);
    } else {
      probe(now);
    }
    endBurst();
  }

  private void expire(long now) {
    for (long sessionId : sessions.expired(now)) {
      LOG.info(
          "Session 0x{} expired: its client was not heard in time", Long.toHexString(sessionId));
      write(Submission.write(sessionId, 0, new Op.CloseSession(), List.of(), null));
    }
  }

  private void reap(long now) {
    if (now < nextReapMs) {
      return;
    }
    nextReapMs = now + settings.reapIntervalMs();
    for (String path :
        Reaper.due(prospective, clock.wallMs(), settings.reapsMax(), settings.neverUsedMaxMs())) {
      write(Submission.write(0, 0, new Op.DeleteContainer(path), List.of(), null));
    }
  }

  /**
   * While the disk is full, an empty multi is tried once a tick: it changes nothing, and tells when
   * there is room.
   */
  private void probe(long now) {
    if (now >= nextProbeMs && pending.isEmpty()) {
      nextProbeMs = now + settings.tickMs();
      propose(Submission.write(0, 0, new Op.Multi(List.of()), List.of(), null));
    }
  }

  private void write(Submission submission) {
    Op op = submission.op();
    if (diskFull) {
      answer(submission, ErrorCode.SYSTEMERROR);
      return;
    }
    boolean needsSession = !(op instanceof Op.CreateSession || op instanceof Op.DeleteContainer);
    if (needsSession && prospective.sessionTimeoutMs(submission.sessionId()) < 0) {
      return;
    }
    if (op instanceof Op.CreateSession create) {
      sessions.touch(submission.sessionId(), create.timeoutMs(), clock.monotonicMs());
    } else if (op instanceof Op.CloseSession) {
      sessions.remove(submission.sessionId());
    }
    propose(submission);
  }

  private void propose(Submission submission) {
    long zxid = zab.nextZxid();
    Applied applied =
        prep.prepare(
            prospective,
            submission.sessionId(),
            submission.cxid(),
            submission.op(),
            submission.ids(),
            zxid,
            clock.wallMs());
    if (applied.cause() != null) {
      LOG.error(
          "A request of session 0x{} could not be prepared and was refused",
          Long.toHexString(submission.sessionId()),
          applied.cause());
    }
    prospective = applied.tree();
    pending.addLast(FeedItem.committed(applied, submission));
    scratch.clear(SCRATCH_BYTES_MAX);
    applied.txn().write(scratch);
    zab.propose(zxid, scratch.array(), 0, scratch.size());
  }

  private void renew(Submission submission) {
    boolean alive =
        submission.passwdValid() && prospective.sessionTimeoutMs(submission.sessionId()) >= 0;
    if (alive) {
      sessions.touch(submission.sessionId(), submission.timeoutMs(), clock.monotonicMs());
    }
    answer(submission, alive ? ErrorCode.OK : ErrorCode.SESSIONEXPIRED);
  }

  /** Answers without a transaction, behind everything that was proposed before. */
  private void answer(Submission submission, ErrorCode error) {
    FeedItem item = FeedItem.answer(prospective, submission, error);
    if (pending.isEmpty()) {
      publish(item);
    } else {
      pending.addLast(item);
    }
  }

  private void publish(FeedItem item) {
    last.linkNext(item);
    last = item;
  }

  private final class ZabEffects implements Effects {
    @Override
    public void append(long zxid, byte[] bytes, int from, int length) {
      disk.append(zxid, bytes, from, length);
      unforced++;
      if (snapshots.count(length)) {
        disk.snapshot(last.tree());
      }
    }

    @Override
    public void commit(long zxid) {
      for (FeedItem item = pending.peekFirst();
          item != null && item.zxid() <= zxid;
          item = pending.peekFirst()) {
        pending.removeFirst();
        if (item.applied() != null) {
          digests.add(item.zxid(), item.tree().digest());
        }
        publish(item);
      }
    }

    @Override
    public void became(Role role) {
      LOG.info("Zab: {} at zxid 0x{}", role, Long.toHexString(zab.lastCommitted()));
    }
  }
}
