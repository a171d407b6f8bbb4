package io.paddock.zab;

import java.util.List;

/**
 * What stands behind {@link Zab}: a server alone, or a member of an ensemble. Inputs that only a
 * member can get are errors at a server alone.
 */
interface Standing {
  void start(long nowMs);

  Role role();

  long nextZxid();

  long lastProposed();

  long lastCommitted();

  void propose(long zxid, byte[] bytes, int from, int length);

  void onDurable(long zxid);

  void onAppendsLost();

  boolean canPropose();

  Phase phase();

  long leader();

  default void onTick(long nowMs) {}

  default void onNotification(long from, Notification notification) {
    throw alone();
  }

  default void onVoterLost(long sid) {
    throw alone();
  }

  default void onVoterGone(long sid) {
    throw alone();
  }

  default void onLearnerConnected(long connection) {
    throw alone();
  }

  default void onLeaderConnected(int attempt, long connection) {
    throw alone();
  }

  default void onLeaderUnreachable(int attempt) {
    throw alone();
  }

  default void onPacket(long connection, QuorumPacket packet) {
    throw alone();
  }

  default void onProgress(long connection) {
    throw alone();
  }

  default void onClosed(long connection) {
    throw alone();
  }

  default void onAcceptedEpochSaved(long epoch) {
    throw alone();
  }

  default void onCurrentEpochSaved(long epoch) {
    throw alone();
  }

  default void onTruncated(long zxid) {
    throw alone();
  }

  default void onTruncateFailed(long zxid) {
    throw alone();
  }

  default void onSnapshotInstalled(long zxid) {
    throw alone();
  }

  default void onSnapshotFailed(long zxid) {
    throw alone();
  }

  default void onSnapshotSaved(long zxid) {
    throw alone();
  }

  default void onFoundInLog(long connection, LogPlace place) {
    throw alone();
  }

  default void submitSync(long connection) {
    throw alone();
  }

  default void answerRevalidate(long connection, long sessionId, boolean valid) {
    throw alone();
  }

  default boolean submit(QuorumPacket packet) {
    return false;
  }

  /** The member's own state; null at a server alone, which has no epochs and no peers. */
  default Self self() {
    return null;
  }

  default boolean hasSyncedQuorum(EnsembleConfig config) {
    return false;
  }

  /** A leader's learners, for people to look at. */
  default List<LearnerFigures> learners() {
    return List.of();
  }

  /** Syncs of a leader's learners that wait for a commit. */
  default int pendingSyncs() {
    return 0;
  }

  private static IllegalStateException alone() {
    return new IllegalStateException("this server stands alone and has no peers");
  }
}
