package io.paddock.replica;

import io.paddock.wire.Id;
import io.paddock.wire.Op;
import java.util.List;

/**
 * A request on its way through the core: made by a frontend or by the server itself, handed to
 * {@link Core}, and given back as {@link FeedItem#submission} in its place in the order. Immutable.
 */
public final class Submission {
  /** What is asked of the core. */
  public enum Kind {
    /** A transaction. */
    WRITE,
    /** To hear back after everything committed so far. */
    SYNC,
    /** A client comes back with a session it has. */
    RENEW
  }

  private static final List<Id> NOBODY = List.of();

  private final Kind kind;
  private final long sessionId;
  private final int cxid;
  private final Op op;
  private final List<Id> ids;
  private final Object origin;
  private final int timeoutMs;
  private final boolean passwdValid;
  private final int term;

  private Submission(
      Kind kind,
      long sessionId,
      int cxid,
      Op op,
      List<Id> ids,
      Object origin,
      int timeoutMs,
      boolean passwdValid,
      int term) {
    this.kind = kind;
    this.sessionId = sessionId;
    this.cxid = cxid;
    this.op = op;
    this.ids = ids;
    this.origin = origin;
    this.timeoutMs = timeoutMs;
    this.passwdValid = passwdValid;
    this.term = term;
  }

  /**
   * A write.
   *
   * @param cxid the client's xid; 0 for the server's own
   * @param ids the identities of the connection when the request arrived
   * @param origin whom the answer is for, opaque to the core; null for the server's own
   */
  public static Submission write(long sessionId, int cxid, Op op, List<Id> ids, Object origin) {
    return new Submission(Kind.WRITE, sessionId, cxid, op, ids, origin, 0, true, 0);
  }

  /** A sync. */
  public static Submission sync(long sessionId, int cxid, Object origin) {
    return new Submission(Kind.SYNC, sessionId, cxid, null, NOBODY, origin, 0, true, 0);
  }

  /**
   * The renewal of a session. Whatever its outcome, every other connection of that session on this
   * server is to be closed when its answer passes (client protocol sheet, section 2.2, step 6).
   *
   * @param timeoutMs the timeout newly agreed
   * @param passwdValid whether the client knew the password
   */
  public static Submission renew(
      long sessionId, int timeoutMs, boolean passwdValid, Object origin) {
    return new Submission(
        Kind.RENEW, sessionId, 0, null, NOBODY, origin, timeoutMs, passwdValid, 0);
  }

  /**
   * The same, asked in a term: how often whoever asks has been told that clients are held ({@link
   * RoleListener#holds}). The core passes over what comes from an earlier term than its own: its
   * frontend does not know yet that it will have to ask again.
   */
  public Submission in(int newTerm) {
    return newTerm == term
        ? this
        : new Submission(kind, sessionId, cxid, op, ids, origin, timeoutMs, passwdValid, newTerm);
  }

  int term() {
    return term;
  }

  public Kind kind() {
    return kind;
  }

  public long sessionId() {
    return sessionId;
  }

  public int cxid() {
    return cxid;
  }

  /** The write; null for the other kinds. */
  public Op op() {
    return op;
  }

  public List<Id> ids() {
    return ids;
  }

  /** Whom the answer is for; null for the server's own. */
  public Object origin() {
    return origin;
  }

  /** The timeout of a renewal, in milliseconds. */
  public int timeoutMs() {
    return timeoutMs;
  }

  /** The timeout of a session that is to be made, in milliseconds. */
  int sessionTimeoutMs() {
    return ((Op.CreateSession) op).timeoutMs();
  }

  boolean passwdValid() {
    return passwdValid;
  }
}
