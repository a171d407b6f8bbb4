package io.paddock.replica;

import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.OpCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Read-only mode: what a member of an ensemble does for clients while it has no leader (client
 * protocol sheet, section 8.6). It begins when an election has lasted for a while, and ends as soon
 * as the election does. Its sessions are local, whatever {@code localSessionsEnabled} says. One
 * thread.
 */
final class ReadOnlyService {
  private static final Logger LOG = LoggerFactory.getLogger(ReadOnlyService.class);
  private static final long PATIENCE_MS_MIN = 2000;
  private static final long NOT_LOOKING = -1;

  private final boolean enabled;
  private final long patienceMs;
  private final LocalSessions sessions;
  private final RoleListener roles;
  private long lookingSinceMs = NOT_LOOKING;
  private boolean open;

  ReadOnlyService(ReplicaSettings settings, LocalSessions sessions, RoleListener roles) {
    this.enabled = settings.readOnlyMode();
    this.patienceMs = Math.max(PATIENCE_MS_MIN, settings.tickMs());
    this.sessions = sessions;
    this.roles = roles;
  }

  boolean isOpen() {
    return open;
  }

  /** There is a leader, or one is being tried. To be told after every step. */
  void notLooking() {
    lookingSinceMs = NOT_LOOKING;
    if (open) {
      open = false;
      LOG.info("Read-only mode ends: there is a leader to be joined");
      roles.readOnly(false);
    }
  }

  /**
   * The election goes on. To be told several times a tick.
   *
   * @param tree what is served
   * @param nowMs of the monotonic clock
   */
  void looking(Tree tree, long nowMs) {
    if (!enabled || open) {
      return;
    }
    if (lookingSinceMs == NOT_LOOKING) {
      lookingSinceMs = nowMs;
    } else if (nowMs - lookingSinceMs >= patienceMs) {
      open = true;
      sessions.restart(tree, true, nowMs);
      LOG.warn(
          "No leader was found for {} ms: serving read-only clients from what this server has",
          nowMs - lookingSinceMs);
      roles.readOnly(true);
    }
  }

  /**
   * Decides what needs no transaction.
   *
   * @param last the end of the feed
   * @return the answer
   */
  FeedItem answer(Submission submission, FeedItem last, long nowMs) {
    ErrorCode error =
        switch (submission.kind()) {
          case RENEW -> renew(submission, last, nowMs);
          case SYNC -> ErrorCode.NOTREADONLY;
          case WRITE -> write(submission, nowMs);
        };
    return FeedItem.answer(last.tree(), submission, error);
  }

  private ErrorCode write(Submission submission, long nowMs) {
    long id = submission.sessionId();
    OpCode code = submission.op().code();
    if (code == OpCode.CREATE_SESSION) {
      return sessions.admit(submission, nowMs);
    }
    if (code == OpCode.CLOSE_SESSION) {
      sessions.remove(id);
      return ErrorCode.OK;
    }
    return ErrorCode.NOTREADONLY;
  }

  /**
   * A session that is not local may live on at the servers that cannot be reached: the client is
   * turned away, and is not told that it has expired.
   */
  private ErrorCode renew(Submission submission, FeedItem last, long nowMs) {
    long id = submission.sessionId();
    if (last.tree().sessionTimeoutMs(id) >= 0 || !sessions.has(id)) {
      return ErrorCode.NOTREADONLY;
    }
    return sessions.admit(submission, nowMs);
  }
}
