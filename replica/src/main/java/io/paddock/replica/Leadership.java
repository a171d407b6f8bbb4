package io.paddock.replica;

import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteReader;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Zab;
import io.paddock.zab.ZabInput;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The leader's side of a replica: proposes what its own clients and those of its learners ask for,
 * and knows which server a session belongs to (quorum sheet, section 4.6). Soft state: a new leader
 * starts with every session of the tree at its full timeout and without an owner. A server alone
 * has one owner for all, and goes on leading while its disk takes nothing ({@link FullDisk}). One
 * thread.
 */
final class Leadership implements Upkeep.Owner {
  /** The owner of sessions whose clients are this server's own; learners are their connections. */
  static final long LOCAL = Long.MIN_VALUE;

  private static final int SESSION_BYTES = 12;

  private final Zab zab;
  private final Proposer proposer;
  private final ReplicaLog log;

  /** Null alone. */
  private final Peers peers;

  private final MemberCounter counter;
  private final LocalSessions localSessions;
  private final Upkeep upkeep;
  private final Map<Long, Long> owners = new HashMap<>();

  /** What learners have asked for while Zab was at work, for when it has done. */
  private final ArrayDeque<ZabInput.Received> asked = new ArrayDeque<>();

  private final FullDisk fullDisk;
  private boolean leads;

  /** Whether a session that goes over to another server leaves a word of it in the log. */
  private final boolean marksMoves;

  /** Answers to REVALIDATE, each behind the commit of a transaction. */
  private record Renewed(long connection, QuorumPacket answer, long zxid) {}

  private final ArrayDeque<Renewed> renewed = new ArrayDeque<>();

  Leadership(
      ReplicaSettings settings,
      Clock clock,
      Zab zab,
      Proposer proposer,
      ReplicaLog log,
      Peers peers,
      LocalSessions localSessions,
      MemberCounter counter) {
    this.zab = zab;
    this.proposer = proposer;
    this.log = log;
    this.peers = peers;
    this.localSessions = localSessions;
    this.counter = counter;
    this.fullDisk = new FullDisk(clock, settings.tickMs());
    this.upkeep = new Upkeep(settings, clock, this);
    this.marksMoves = settings.keepsClients();
  }

  boolean marksMoves() {
    return marksMoves;
  }

  void begin() {
    owners.clear();
    renewed.clear();
    upkeep.begin(prospective());
    leads = true;
  }

  void end() {
    owners.clear();
    renewed.clear();
    upkeep.end();
    leads = false;
  }

  private boolean canPropose() {
    return leads && zab.canPropose();
  }

  long sessionsExpired() {
    return upkeep.expired();
  }

  Map<Long, List<Long>> byDeadline() {
    return upkeep.byDeadline();
  }

  @Override
  public Tree prospective() {
    return log.prospective();
  }

  void tick() {
    if (!canPropose() || !upkeep.isOnTime()) {
      return;
    }
    if (!fullDisk.refuses()) {
      upkeep.work();
    } else if (log.outstanding() == 0 && fullDisk.probes()) {
      proposeIfLeading(FullDisk.PROBE);
    }
  }

  /** Proposes what time brings. */
  @Override
  public void propose(Submission submission) {
    owners.remove(submission.sessionId());
    proposeIfLeading(submission);
  }

  // Its own clients.

  void submit(Submission submission) {
    switch (submission.kind()) {
      case WRITE -> {
        if (fullDisk.refuses()) {
          log.answer(submission, ErrorCode.SYSTEMERROR);
        } else {
          write(submission, LOCAL);
        }
      }
      case SYNC -> sync(submission);
      case RENEW -> {
        if (marksMoves && !canPropose()) {
          // A move cannot be logged any more: the client will have to come again.
          return;
        }
        boolean alive =
            submission.passwdValid()
                && claim(submission.sessionId(), submission.timeoutMs(), LOCAL);
        log.answer(submission, alive ? ErrorCode.OK : ErrorCode.SESSIONEXPIRED);
      }
    }
  }

  /** Alone, nobody can lead in its place. */
  private void sync(Submission submission) {
    if (peers == null) {
      log.answer(submission, ErrorCode.OK);
    } else {
      log.answerConfirmed(submission);
      zab.on(new ZabInput.Sync(ZabInput.Sync.OWN));
    }
  }

  void touch(long sessionId, int timeoutMs) {
    upkeep.touch(sessionId, timeoutMs);
  }

  // Alone, on a full disk.

  boolean refusesWrites() {
    return fullDisk.refuses();
  }

  /** Everything up to {@code zxid} is on disk, which was not so before. */
  void durable(long zxid) {
    fullDisk.takes(zxid);
  }

  /**
   * The disk has dropped what was proposed, which is taken back: those requests are answered with
   * an error, since nobody can have seen their effect, and what waited behind them without being a
   * write is looked at again. Reads go on.
   */
  void refuse(String what, List<FeedItem> lost) {
    fullDisk.isFull(what);
    upkeep.align(prospective());
    lost.forEach(item -> submit(item.submission()));
  }

  // Its learners.

  /** From within Zab; it is seen to by {@link #settle}. */
  void ask(long connection, QuorumPacket packet) {
    asked.addLast(new ZabInput.Received(connection, packet));
  }

  /** Sees to what learners have asked for. */
  void settle() {
    for (ZabInput.Received next = asked.poll(); next != null; next = asked.poll()) {
      if (next.packet().kind() == QuorumPacket.Kind.REQUEST) {
        request(next.connection(), (QuorumPacket.Request) next.packet());
      } else {
        revalidate(next.connection(), (QuorumPacket.Revalidate) next.packet());
      }
    }
    while (!renewed.isEmpty() && renewed.peekFirst().zxid <= zab.lastCommitted()) {
      Renewed next = renewed.removeFirst();
      zab.on(new ZabInput.Answer(next.connection, next.answer));
    }
  }

  /** A learner's clients were heard: pairs of long id, int timeout. */
  void touched(byte[] pairs) {
    JuteReader in = new JuteReader(pairs);
    while (in.remaining() >= SESSION_BYTES) {
      upkeep.touch(in.readLong(), in.readInt());
    }
  }

  private void request(long connection, QuorumPacket.Request request) {
    RequestCodec.Forwarded forwarded = RequestCodec.read(request);
    if (forwarded == null) {
      peers.close(connection, "a request without a head");
      return;
    }
    if (forwarded.type() == OpCode.SYNC.code()) {
      zab.on(new ZabInput.Sync(connection));
      return;
    }
    Submission submission =
        Submission.write(
            forwarded.sessionId(),
            forwarded.cxid(),
            forwarded.op(),
            request.authinfo() == null ? List.of() : request.authinfo(),
            null);
    if (forwarded.op() == null) {
      refuse(submission, ErrorCode.MARSHALLINGERROR);
    } else {
      write(submission, connection);
    }
  }

  private void revalidate(long connection, QuorumPacket.Revalidate question) {
    counter.revalidated();
    if (marksMoves && !canPropose()) {
      return;
    }
    long sessionId = question.sessionId();
    boolean alive = claim(sessionId, question.timeoutMs(), connection);
    QuorumPacket answer = new QuorumPacket.Revalidated(sessionId, alive);
    if (marksMoves) {
      renewed.addLast(new Renewed(connection, answer, alive ? zab.lastProposed() : 0));
    } else {
      zab.on(new ZabInput.Answer(connection, answer));
    }
  }

  /** A client comes with its session to {@code owner}; whether the session lives. */
  private boolean claim(long sessionId, int timeoutMs, long owner) {
    boolean alive = upkeep.renew(sessionId, timeoutMs, prospective());
    if (alive && peers != null) {
      Long before = owners.put(sessionId, owner);
      if (marksMoves && (before == null || before != owner)) {
        // The client is served there behind this only, so whoever had it knows before he writes.
        refuse(
            Submission.write(
                sessionId, FeedItem.MOVE_CXID, new Op.Multi(List.of()), List.of(), null),
            ErrorCode.SESSIONMOVED);
      }
    }
    return alive;
  }

  private void own(long sessionId, long owner) {
    if (peers != null) {
      owners.put(sessionId, owner);
    }
  }

  /** Whether {@code owner} has a session, or may take it, since nobody has. */
  private boolean owns(long sessionId, long owner) {
    return peers == null || owners.computeIfAbsent(sessionId, id -> owner) == owner;
  }

  /**
   * A write that came in by {@code owner}: every learner's takes one transaction, whatever it is.
   */
  private void write(Submission submission, long owner) {
    long id = submission.sessionId();
    Op op = submission.op();
    if (op instanceof Op.CreateSession create) {
      own(id, owner);
      upkeep.opens(id, create.timeoutMs());
    } else if (!(op instanceof Op.DeleteContainer)) {
      if (prospective().sessionTimeoutMs(id) < 0) {
        writeUnknown(submission, owner);
        return;
      }
      if (op instanceof Op.CloseSession) {
        upkeep.closes(id);
        owners.remove(id);
      } else if (!owns(id, owner)) {
        refuse(submission, ErrorCode.SESSIONMOVED);
        return;
      }
    }
    proposeIfLeading(submission);
  }

  /** A write of a session that is not in the tree: local to who sent it, or gone. */
  private void writeUnknown(Submission submission, long owner) {
    boolean local =
        owner == LOCAL
            ? localSessions.has(submission.sessionId())
            : localSessions.mayBeALearners(submission);
    if (local) {
      proposeIfLeading(submission);
    } else if (owner != LOCAL) {
      refuse(submission, ErrorCode.SESSIONEXPIRED);
    }
  }

  private void proposeIfLeading(Submission submission) {
    if (canPropose()) {
      proposer.propose(prospective(), submission);
    }
  }

  private void refuse(Submission submission, ErrorCode error) {
    if (canPropose()) {
      proposer.refuse(prospective(), submission, error);
    }
  }
}
