package io.paddock.zab;

/**
 * How a learner introduces itself to the leader (quorum sheet, section 3.1).
 *
 * @param serverId its sid; negative for an anonymous observer
 * @param protocolVersion {@link #PROTOCOL} today; below it, the dialect before 3.4
 * @param configVersion the version of its committed configuration
 */
public record LearnerInfo(long serverId, int protocolVersion, long configVersion) {
  static final int PROTOCOL = 0x10000;

  /**
   * What a leader says besides that has every move of a session in the log; Apache's servers say
   * less.
   */
  static final int MARKS_MOVES = 0x10001;

  static LearnerInfo of(long serverId, long configVersion) {
    return new LearnerInfo(serverId, PROTOCOL, configVersion);
  }
}
