package io.paddock.zab;

/**
 * How a learner is brought to the leader's history (quorum sheet, section 3.6).
 *
 * <p>Where Apache would guess, this leader sends a snapshot: when the learner is ahead in an epoch
 * of which this history has nothing, and when it stands at the mark of an epoch that has no
 * transaction here. Where the learner is ahead in an epoch that is over, Apache sends a snapshot;
 * it is told to truncate here, as its clients are cut by a snapshot and not by that. Then the
 * snapshot carries the mark of the new epoch, so that whatever is in the learner's log is below it.
 *
 * @param zxid for the packet
 * @param after the transactions after this one are to follow
 */
record SyncPlan(Kind kind, long zxid, long after) {
  enum Kind {
    DIFF,
    TRUNC,
    SNAP,
    /** The log on disk has to be asked. */
    ASK
  }

  private static final SyncPlan SNAP = new SyncPlan(Kind.SNAP, 0, 0);
  private static final SyncPlan ASK = new SyncPlan(Kind.ASK, 0, 0);

  /**
   * Chooses by what is in memory.
   *
   * @param peer the last zxid that the learner has logged
   * @param last the leader's; the mark of its epoch while there is no transaction in it
   * @param max the leader's last transaction, of whatever epoch
   */
  static SyncPlan choose(long peer, long last, long max, History history) {
    if (peer == last || peer == max) {
      return new SyncPlan(Kind.DIFF, last, peer);
    }
    if (peer > max) {
      boolean sameLog = Zxid.epoch(peer) == Zxid.epoch(max) && Zxid.counter(max) != 0;
      return sameLog && Zxid.counter(peer) != 0 ? new SyncPlan(Kind.TRUNC, max, max) : SNAP;
    }
    if (peer <= 0) {
      return SNAP;
    }
    long min = history.isEmpty() ? max : history.at(history.firstIndex()).zxid();
    if (peer < min) {
      return ASK;
    }
    long next = history.indexAfter(peer);
    return walk(
        peer,
        next == history.firstIndex() ? 0 : history.at(next - 1).zxid(),
        history.at(next).zxid(),
        last);
  }

  /** Chooses by what the log on disk has. */
  static SyncPlan choose(long peer, long last, LogPlace place) {
    return place.found() && place.next() != 0
        ? walk(peer, place.atOrBefore(), place.next(), last)
        : SNAP;
  }

  private static SyncPlan walk(long peer, long atOrBefore, long next, long last) {
    if (peer == atOrBefore) {
      return new SyncPlan(Kind.DIFF, last, peer);
    }
    if (Zxid.epoch(next) != Zxid.epoch(peer)) {
      // Within an epoch logs are beginnings of one another: the learner has all that is here.
      boolean sameLog = Zxid.epoch(atOrBefore) == Zxid.epoch(peer) && Zxid.counter(atOrBefore) != 0;
      return sameLog && Zxid.counter(peer) != 0
          ? new SyncPlan(Kind.TRUNC, atOrBefore, atOrBefore)
          : SNAP;
    }
    if (Zxid.counter(peer) == 0) {
      return new SyncPlan(Kind.DIFF, last, peer);
    }
    return atOrBefore == 0 ? SNAP : new SyncPlan(Kind.TRUNC, atOrBefore, atOrBefore);
  }
}
