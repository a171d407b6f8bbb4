package io.paddock.replica;

import io.paddock.tree.Tree;
import io.paddock.tree.TxnHeader;
import io.paddock.wire.CreateMode;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sessions that only this server knows: those of a server without a leader that serves
 * read-only, and with {@code localSessionsEnabled} every session until its first ephemeral znode
 * (quorum sheet, section 4.6; client protocol sheet, section 8.3). Soft state: they end with the
 * process. This server decides when they expire. One thread.
 */
final class LocalSessions {
  /** What is to be done with a request because of where its session lives. */
  enum Course {
    /** Nothing here: its session is global, or is to be. */
    PASS,
    /** The session is made or renewed here. */
    ADMIT,
    /** The session ends here. */
    CLOSE,
    /** The session has to be made global first. */
    UPGRADE,
    /**
     * Its ephemeral znode is refused. A learner does that itself, since an Apache leader would tell
     * the client that its session has expired.
     */
    REFUSE
  }

  private static final int SERVER_ID_SHIFT = 56;
  private static final long SERVER_ID_MASK = 0xff;

  private final boolean enabled;
  private final boolean upgrading;
  private final long ownId;
  private final SessionClock deadlines;

  /** Timeouts by session, those under way to become global included. */
  private final Map<Long, Integer> timeouts = new HashMap<>();

  LocalSessions(ReplicaSettings settings, long myId) {
    this.ownId = myId & SERVER_ID_MASK;
    this.enabled = settings.localSessions();
    this.upgrading = settings.localSessionsUpgrading();
    this.deadlines = new SessionClock(settings.tickMs());
  }

  /** How a server that has a leader goes about a request. */
  Course course(Submission submission) {
    return switch (submission.kind()) {
      case SYNC -> Course.PASS;
      case RENEW -> has(submission.sessionId()) ? Course.ADMIT : Course.PASS;
      case WRITE -> courseOfWrite(submission);
    };
  }

  private Course courseOfWrite(Submission write) {
    if (write.op().code() == OpCode.CREATE_SESSION) {
      return enabled ? Course.ADMIT : Course.PASS;
    }
    if (!enabled || !has(write.sessionId())) {
      return Course.PASS;
    }
    if (write.op().code() == OpCode.CLOSE_SESSION) {
      return Course.CLOSE;
    }
    if (!makesEphemeral(write.op())) {
      return Course.PASS;
    }
    if (upgrading) {
      return Course.UPGRADE;
    }
    // A multi tells which of its operations is refused, which the leader finds out.
    return write.op().code() == OpCode.MULTI ? Course.PASS : Course.REFUSE;
  }

  private static boolean makesEphemeral(Op op) {
    if (op instanceof Op.Multi multi) {
      return multi.ops().stream().anyMatch(LocalSessions::makesEphemeral);
    }
    if (!(op instanceof Op.Create create)) {
      return false;
    }
    CreateMode mode = CreateMode.of(create.flags());
    return mode != null && mode.isEphemeral();
  }

  /**
   * Makes or renews a session here.
   *
   * @return the answer: SESSIONEXPIRED when the client does not know the password
   */
  ErrorCode admit(Submission submission, long nowMs) {
    boolean renews = submission.kind() == Submission.Kind.RENEW;
    if (renews && !submission.passwdValid()) {
      return ErrorCode.SESSIONEXPIRED;
    }
    int timeoutMs = renews ? submission.timeoutMs() : submission.sessionTimeoutMs();
    touch(submission.sessionId(), timeoutMs, nowMs);
    return ErrorCode.OK;
  }

  /** Takes a new session, or renews one. */
  void touch(long sessionId, int timeoutMs, long nowMs) {
    timeouts.put(sessionId, timeoutMs);
    deadlines.touch(sessionId, timeoutMs, nowMs);
  }

  /** Whether the session lives here, and nowhere else nor on its way there. */
  boolean has(long sessionId) {
    return deadlines.knows(sessionId);
  }

  void remove(long sessionId) {
    timeouts.remove(sessionId);
    deadlines.remove(sessionId);
  }

  /**
   * The session is to be made everywhere; until that is decided nobody expires it.
   *
   * @return the request for it
   */
  Submission upgrade(long sessionId) {
    deadlines.remove(sessionId);
    Op make = new Op.CreateSession(timeouts.get(sessionId));
    return Submission.write(sessionId, 0, make, List.of(), null);
  }

  /** A transaction was committed: if it made one of these sessions, that is none any more. */
  void committed(TxnHeader header) {
    if (!timeouts.isEmpty() && header.type() == OpCode.CREATE_SESSION.code()) {
      timeouts.remove(header.sessionId());
    }
  }

  /**
   * Whether a session that this leader does not know may write: a learner vouches for it. A session
   * with an id of this server's own would be known here.
   */
  boolean mayBeALearners(Submission write) {
    return enabled
        && write.sessionId() >>> SERVER_ID_SHIFT != ownId
        && write.op().code() != OpCode.CLOSE_SESSION;
  }

  /**
   * This server serves anew: whoever is in the tree is global, the others begin with their full
   * timeout, since nobody could be heard in between.
   *
   * @param readOnly whether it has no leader; if it has one, and sessions are not to be local,
   *     those that it made before are over
   */
  void restart(Tree tree, boolean readOnly, long nowMs) {
    if (!enabled && !readOnly) {
      List.copyOf(timeouts.keySet()).forEach(this::remove);
    }
    for (Map.Entry<Long, Integer> session : List.copyOf(timeouts.entrySet())) {
      if (tree.sessionTimeoutMs(session.getKey()) >= 0) {
        remove(session.getKey());
      } else {
        deadlines.touch(session.getKey(), session.getValue(), nowMs);
      }
    }
  }

  /** Those whose time is over, which are forgotten here. */
  List<Long> expired(long nowMs) {
    List<Long> expired = deadlines.expired(nowMs);
    expired.forEach(timeouts::remove);
    return expired;
  }

  int size() {
    return timeouts.size();
  }

  /** The sessions by deadline, for people to look at. */
  Map<Long, List<Long>> byDeadline() {
    return new TreeMap<>(deadlines.byDeadline());
  }
}
