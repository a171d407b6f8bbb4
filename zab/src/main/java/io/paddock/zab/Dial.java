package io.paddock.zab;

/** The attempts to reach the elected leader (quorum sheet, section 3.3, step F2). */
final class Dial {
  private static final int FIRST_PAUSE_MS = 5;

  private final MemberState self;
  private final EnsembleServer leader;
  private int attempt;
  private int tries;
  private long firstMs;
  private long againAtMs;
  private long deadlineMs;
  private boolean leaderLost;

  /**
   * @param lastAttempt of earlier learners of this server, so that their outcomes are told apart
   */
  Dial(MemberState self, EnsembleServer leader, int lastAttempt) {
    this.self = self;
    this.leader = leader;
    this.attempt = lastAttempt;
  }

  void begin() {
    firstMs = self.nowMs;
    deadlineMs = self.nowMs + self.settings.connectMs();
    dial();
  }

  private void dial() {
    tries++;
    attempt++;
    againAtMs = Long.MAX_VALUE;
    self.peers.dialLeader(attempt, leader);
  }

  int attempt() {
    return attempt;
  }

  /** The leader's process may have ended: it is not waited for longer than a few attempts. */
  void leaderLost() {
    leaderLost = true;
  }

  /**
   * An attempt has failed. A leader that is there may take long until it listens, on a machine that
   * is busy; to look again would cost everybody another election. Returns why to give up, or null.
   */
  String onUnreachable(int ofAttempt) {
    if (ofAttempt != attempt) {
      return null;
    }
    int pauseMs = self.settings.dialRetryMs();
    long giveUpMs = firstMs + (long) (self.settings.dialTriesMax() - 1) * pauseMs;
    if (leaderLost && tries >= self.settings.dialTriesMax() && self.nowMs >= giveUpMs) {
      return "leader " + leader.sid() + " was not reached";
    }
    // Often the leader's port opens a moment later: who was elected is the last to know.
    againAtMs = self.nowMs + Math.min(pauseMs, FIRST_PAUSE_MS << Math.min(tries - 1, 10));
    return null;
  }

  /** Time passes; returns why to give up, or null. */
  String onTick() {
    if (self.nowMs >= deadlineMs) {
      return "leader " + leader.sid() + " was not reached in time";
    }
    if (self.nowMs >= againAtMs) {
      dial();
    }
    return null;
  }
}
