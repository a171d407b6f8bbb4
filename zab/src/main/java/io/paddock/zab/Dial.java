package io.paddock.zab;

/** The attempts to reach the elected leader (quorum sheet, section 3.3, step F2). */
final class Dial {
  private final Self self;
  private final EnsembleServer leader;
  private int attempt;
  private int tries;
  private long againAtMs;
  private long deadlineMs;

  /**
   * @param lastAttempt of earlier learners of this server, so that their outcomes are told apart
   */
  Dial(Self self, EnsembleServer leader, int lastAttempt) {
    this.self = self;
    this.leader = leader;
    this.attempt = lastAttempt;
  }

  void begin() {
    deadlineMs = self.nowMs + self.settings.connectMs();
    dial();
  }

  private void dial() {
    tries++;
    attempt++;
    againAtMs = Long.MAX_VALUE;
    self.effects.dialLeader(attempt, leader);
  }

  int attempt() {
    return attempt;
  }

  /** An attempt has failed; returns why to give up, or null. */
  String onUnreachable(int ofAttempt) {
    if (ofAttempt != attempt) {
      return null;
    }
    if (tries >= self.settings.dialTriesMax()) {
      return "leader " + leader.sid() + " was not reached";
    }
    againAtMs = self.nowMs + self.settings.dialRetryMs();
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
