package io.paddock.replica;

import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteReader;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Zab;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The leader's side of a member: proposes what its own clients and those of its learners ask for,
 * and knows which server a session belongs to (quorum sheet, section 4.6). Soft state: a new leader
 * starts with every session of the tree at its full timeout and without an owner. One thread.
 */
final class Leadership implements Upkeep.Owner {
  /** The owner of sessions whose clients are this server's own; learners are their connections. */
  static final long LOCAL = Long.MIN_VALUE;

  private static final int SESSION_BYTES = 12;

  private final Zab zab;
  private final Proposer proposer;
  private final MemberLog log;
  private final Peers peers;
  private final LocalSessions localSessions;
  private final Upkeep upkeep;
  private final Map<Long, Long> owners = new HashMap<>();
  private boolean leads;

  Leadership(
      ReplicaSettings settings,
      Clock clock,
      Zab zab,
      Proposer proposer,
      MemberLog log,
      Peers peers,
      LocalSessions localSessions) {
    this.zab = zab;
    this.proposer = proposer;
    this.log = log;
    this.peers = peers;
    this.localSessions = localSessions;
    this.upkeep = new Upkeep(settings, clock, this);
  }

  void begin() {
    owners.clear();
    upkeep.begin(prospective());
    leads = true;
  }

  void end() {
    owners.clear();
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
    if (canPropose() && upkeep.isOnTime()) {
      upkeep.work();
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
      case WRITE -> write(submission, LOCAL);
      case SYNC -> log.answer(submission, ErrorCode.OK);
      case RENEW -> {
        boolean alive =
            submission.passwdValid()
                && claim(submission.sessionId(), submission.timeoutMs(), LOCAL);
        log.answer(submission, alive ? ErrorCode.OK : ErrorCode.SESSIONEXPIRED);
      }
    }
  }

  void touch(long sessionId, int timeoutMs) {
    upkeep.touch(sessionId, timeoutMs);
  }

  // Its learners.

  /** A learner's clients were heard: pairs of long id, int timeout. */
  void touched(byte[] pairs) {
    JuteReader in = new JuteReader(pairs);
    while (in.remaining() >= SESSION_BYTES) {
      upkeep.touch(in.readLong(), in.readInt());
    }
  }

  void request(long connection, QuorumPacket.Request request) {
    RequestCodec.Forwarded forwarded = RequestCodec.read(request);
    if (forwarded == null) {
      peers.close(connection, "a request without a head");
      return;
    }
    if (forwarded.type() == OpCode.SYNC.code()) {
      zab.submitSync(connection);
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

  void revalidate(long connection, long sessionId, int timeoutMs) {
    zab.answerRevalidate(connection, sessionId, claim(sessionId, timeoutMs, connection));
  }

  /** A client comes with its session to {@code owner}; whether the session lives. */
  private boolean claim(long sessionId, int timeoutMs, long owner) {
    boolean alive = upkeep.renew(sessionId, timeoutMs, prospective());
    if (alive) {
      owners.put(sessionId, owner);
    }
    return alive;
  }

  /**
   * A write that came in by {@code owner}: every learner's takes one transaction, whatever it is.
   */
  private void write(Submission submission, long owner) {
    long id = submission.sessionId();
    Op op = submission.op();
    if (op instanceof Op.CreateSession create) {
      owners.put(id, owner);
      upkeep.opens(id, create.timeoutMs());
    } else if (!(op instanceof Op.DeleteContainer)) {
      if (prospective().sessionTimeoutMs(id) < 0) {
        writeUnknown(submission, owner);
        return;
      }
      if (op instanceof Op.CloseSession) {
        upkeep.closes(id);
        owners.remove(id);
      } else if (owners.computeIfAbsent(id, i -> owner) != owner) {
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
