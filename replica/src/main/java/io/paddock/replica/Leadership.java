package io.paddock.replica;

import io.paddock.tree.Reaper;
import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteReader;
import io.paddock.wire.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only a leader decides: which server a session belongs to, when it expires, when containers
 * and TTL znodes go (quorum sheet, section 4.6). Soft state: a new leader starts with every session
 * of the tree at its full timeout and without an owner. One thread.
 */
final class Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  /** The owner of sessions whose clients are this server's own; learners are their connections. */
  static final long LOCAL = Long.MIN_VALUE;

  private static final int SESSION_BYTES = 12;
  private static final long PAUSE_MS_MIN = 100;

  private final ReplicaSettings settings;
  private final Clock clock;
  private final MemberReplica replica;
  private final Map<Long, Long> owners = new HashMap<>();
  private SessionClock sessions;
  private long lastTickMs;
  private long nextReapMs;

  Leadership(ReplicaSettings settings, Clock clock, MemberReplica replica) {
    this.settings = settings;
    this.clock = clock;
    this.replica = replica;
    this.sessions = new SessionClock(settings.tickMs());
  }

  void begin(Tree tree) {
    long now = clock.monotonicMs();
    end();
    lastTickMs = now;
    nextReapMs = now + settings.reapIntervalMs();
    tree.forEachSession((id, timeoutMs) -> sessions.touch(id, timeoutMs, now));
  }

  void end() {
    owners.clear();
    sessions = new SessionClock(settings.tickMs());
  }

  Map<Long, List<Long>> byDeadline() {
    return sessions.byDeadline();
  }

  void touch(long sessionId, int timeoutMs) {
    if (sessions.knows(sessionId)) {
      sessions.touch(sessionId, timeoutMs, clock.monotonicMs());
    }
  }

  /** A learner's clients were heard: pairs of long id, int timeout. */
  void touched(byte[] pairs) {
    JuteReader in = new JuteReader(pairs);
    while (in.remaining() >= SESSION_BYTES) {
      touch(in.readLong(), in.readInt());
    }
  }

  void gone(long connection) {
    owners.values().removeIf(owner -> owner == connection);
  }

  /** A client comes with its session to {@code owner}; whether the session lives. */
  boolean claim(long sessionId, int timeoutMs, long owner, Tree tree) {
    if (tree.sessionTimeoutMs(sessionId) < 0) {
      return false;
    }
    owners.put(sessionId, owner);
    sessions.touch(sessionId, timeoutMs, clock.monotonicMs());
    return true;
  }

  /**
   * A write that came in by {@code owner}: every learner's takes one transaction, whatever it is.
   */
  void write(Submission submission, long owner, Tree tree) {
    long id = submission.sessionId();
    Op op = submission.op();
    if (op instanceof Op.CreateSession create) {
      owners.put(id, owner);
      sessions.touch(id, create.timeoutMs(), clock.monotonicMs());
      replica.propose(submission);
      return;
    }
    if (op instanceof Op.DeleteContainer) {
      replica.propose(submission);
      return;
    }
    if (tree.sessionTimeoutMs(id) < 0) {
      if (owner != LOCAL) {
        replica.refuse(id, submission.cxid(), ErrorCode.SESSIONEXPIRED, submission);
      }
      return;
    }
    if (op instanceof Op.CloseSession) {
      sessions.remove(id);
      owners.remove(id);
    } else if (owners.computeIfAbsent(id, i -> owner) != owner) {
      replica.refuse(id, submission.cxid(), ErrorCode.SESSIONMOVED, submission);
      return;
    }
    replica.propose(submission);
  }

  void tick(Tree tree) {
    long now = clock.monotonicMs();
    boolean paused = now - lastTickMs > Math.max(settings.tickMs(), PAUSE_MS_MIN);
    lastTickMs = now;
    if (paused) {
      // What clients sent meanwhile is still in the sockets.
      LOG.warn("The server stood still for a tick or more; session expiry waits for another round");
      return;
    }
    for (long sessionId : sessions.expired(now)) {
      LOG.info(
          "Session 0x{} expired: its client was not heard in time", Long.toHexString(sessionId));
      owners.remove(sessionId);
      replica.propose(Submission.write(sessionId, 0, new Op.CloseSession(), List.of(), null));
    }
    if (now >= nextReapMs) {
      nextReapMs = now + settings.reapIntervalMs();
      for (String path :
          Reaper.due(tree, clock.wallMs(), settings.reapsMax(), settings.neverUsedMaxMs())) {
        replica.propose(Submission.write(0, 0, new Op.DeleteContainer(path), List.of(), null));
      }
    }
  }
}
