package io.paddock.zab;

/**
 * One learner as its leader sees it (quorum sheet, section 3.5, steps H1 to H10, which are its
 * states).
 *
 * <pre>
 * state        waits for                                  then
 * CONNECTED    FOLLOWERINFO, OBSERVERINFO                 GREETED
 * GREETED      the epoch, from a quorum of learners       PROMISING: send LEADERINFO
 * PROMISING    ACKEPOCH                                   PROMISED
 * PROMISED     promises of a quorum                       TAKING_OVER, or LOCATING
 * LOCATING     the disk: where the learner's log ends     TAKING_OVER
 * TAKING_OVER  ACK(E&lt;&lt;32)                               TAKEN_OVER
 * TAKEN_OVER   a quorum of those                          SERVED: send UPTODATE
 * SERVED       traffic
 * </pre>
 */
final class LearnerLink {
  enum State {
    CONNECTED,
    GREETED,
    PROMISING,
    PROMISED,
    LOCATING,
    TAKING_OVER,
    TAKEN_OVER,
    SERVED
  }

  final long connection;
  State state = State.CONNECTED;

  /** The learner's id; negative while unknown, and for anonymous observers. */
  long sid = -1;

  /** By the packet it came with, not by configuration: whether it gets proposals. */
  boolean follower;

  long acceptedEpoch;

  /** currentEpoch as it told; -1 when its promise does not count. */
  int currentEpoch = -1;

  /** The last zxid it had logged when it came. */
  long lastLogged;

  /** The last transaction it has acknowledged, or that it got as committed when it came. */
  long acked;

  /** Pings sent since it serves, and answers: one for each, in order (section 4.7). */
  private long pings;

  private long pingsAnswered;

  /** The ping of the last round of confirmation that it was asked in, and that round. */
  private long roundPing;

  private long round;

  private long heardMs;
  private long syncedUntilMs;

  /** A proposal that it is to acknowledge, and since when; 0 when there is none. */
  private long watchedZxid;

  private long watchedSinceMs;

  LearnerLink(long connection, long nowMs, ZabSettings settings) {
    this.connection = connection;
    this.heardMs = nowMs;
    this.syncedUntilMs = nowMs + settings.initMs() + settings.syncMs();
  }

  /** It has said who it is. */
  void greeted(Greeting greeting) {
    sid = greeting.info().serverId();
    follower = greeting.follower();
    acceptedEpoch = greeting.acceptedEpoch();
    state = State.GREETED;
  }

  /** Whether live traffic goes to it. */
  boolean isRegistered() {
    return state.compareTo(State.TAKING_OVER) >= 0;
  }

  /** A ping goes to it; before it serves it answers none. */
  void pinged() {
    if (state == State.SERVED) {
      pings++;
    }
  }

  /** A ping goes to it, whose answer will say that it still followed when the round began. */
  void pingedFor(long newRound) {
    pinged();
    roundPing = pings;
    round = newRound;
  }

  void answeredPing() {
    if (pingsAnswered < pings) {
      pingsAnswered++;
    }
  }

  /** Whether it has not answered yet what it was asked last: it is not asked again meanwhile. */
  boolean isAsked() {
    return pingsAnswered < roundPing;
  }

  /** Whether it has answered something that was sent when the round began, or later. */
  boolean hasConfirmed(long someRound) {
    return round >= someRound && !isAsked();
  }

  void heard(long nowMs, ZabSettings settings) {
    heardMs = nowMs;
    syncedUntilMs = Math.max(syncedUntilMs, nowMs + settings.syncMs());
  }

  /**
   * For people to look at. An observer acknowledges nothing: it has been told what is committed.
   */
  LearnerFigures figures(boolean voter, long nowMs, long lastCommitted) {
    return new LearnerFigures(
        connection, sid, follower, voter, isSynced(nowMs), follower ? acked : lastCommitted);
  }

  boolean isSynced(long nowMs) {
    return state == State.SERVED && nowMs <= syncedUntilMs;
  }

  /**
   * Why the learner is to be given up; null when it is not.
   *
   * @param lastProposed the last proposal sent to it
   */
  String overdue(long lastProposed, long nowMs, ZabSettings settings) {
    long silenceMaxMs =
        state.compareTo(State.TAKEN_OVER) < 0 ? settings.initMs() : settings.syncMs();
    // The learner has nothing to say while it waits for this server.
    boolean waits = state == State.GREETED || state == State.PROMISED || state == State.LOCATING;
    if (!waits && state != State.TAKEN_OVER && nowMs - heardMs > silenceMaxMs) {
      return "was silent for " + (nowMs - heardMs) + " ms";
    }
    if (!acksInTime(lastProposed, nowMs, settings)) {
      return "did not acknowledge a proposal in time";
    }
    return null;
  }

  /**
   * Watches one proposal after the other: whether the learner acknowledges it in time (section
   * 4.7).
   */
  private boolean acksInTime(long lastProposed, long nowMs, ZabSettings settings) {
    if (!follower || state != State.SERVED) {
      return true;
    }
    if (lastProposed <= acked) {
      watchedZxid = 0;
      return true;
    }
    if (watchedZxid <= acked) {
      watchedZxid = lastProposed;
      watchedSinceMs = nowMs;
      return true;
    }
    return nowMs - watchedSinceMs <= settings.syncMs();
  }

  @Override
  public String toString() {
    return (follower ? "follower " : "observer ") + sid;
  }
}
