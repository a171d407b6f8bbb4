package io.paddock.zab;

/**
 * Who has acknowledged what, and what is decided by that. While a reconfiguration is under way,
 * everything from it on needs a quorum of both configurations (quorum sheet, section 6.3).
 */
final class Tally {
  private Quorum quorum;
  private long[] acked;

  /** The quorum to come; null when none is. */
  private Quorum next;

  private long[] nextAcked;
  private long nextFrom;

  Tally(Quorum quorum) {
    this.quorum = quorum;
    this.acked = new long[quorum.size()];
  }

  /** A voter has everything up to {@code zxid} on disk. Others are not counted. */
  void ack(long sid, long zxid) {
    count(quorum, acked, sid, zxid);
    if (next != null) {
      count(next, nextAcked, sid, zxid);
    }
  }

  private static void count(Quorum quorum, long[] acked, long sid, long zxid) {
    int index = quorum.indexOf(sid);
    if (index >= 0 && zxid > acked[index]) {
      acked[index] = zxid;
    }
  }

  /**
   * A voter is brought back to {@code zxid}: what it acknowledged behind it, it may have no more.
   */
  void takeBack(long sid, long zxid) {
    takeBack(quorum, acked, sid, zxid);
    if (next != null) {
      takeBack(next, nextAcked, sid, zxid);
    }
  }

  private static void takeBack(Quorum quorum, long[] acked, long sid, long zxid) {
    int index = quorum.indexOf(sid);
    if (index >= 0 && zxid < acked[index]) {
      acked[index] = zxid;
    }
  }

  /** From {@code zxid} on, {@code quorum} is to agree too. Its voters' acks start from nothing. */
  void expect(Quorum quorumToCome, long zxid) {
    next = quorumToCome;
    nextAcked = new long[next.size()];
    nextFrom = zxid;
  }

  /** The reconfiguration is decided: from now on its quorum alone counts. */
  void activate() {
    quorum = next;
    acked = nextAcked;
    next = null;
    nextAcked = null;
  }

  boolean isReconfiguring() {
    return next != null;
  }

  /** Everything up to this zxid may be committed. */
  long decided() {
    long decided = quorum.decided(acked);
    return next == null || decided < nextFrom
        ? decided
        : Math.min(decided, Math.max(nextFrom - 1, next.decided(nextAcked)));
  }
}
