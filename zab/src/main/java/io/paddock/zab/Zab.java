package io.paddock.zab;

import java.util.List;

/**
 * Atomic broadcast as a state machine: inputs are method calls, outputs go to {@link Effects}; the
 * same inputs give the same outputs. It knows transactions as opaque bytes under a zxid (but for
 * reconfigurations, which change who votes). Confined to one thread; the effects of an input happen
 * before it returns, and never call back.
 *
 * <p>A proposal is appended to the log, a vote is cast when the log says that it is durable and
 * never before ("Zab: High-performance broadcast for primary-backup systems", section III), and it
 * is committed when a quorum of votes has reached it.
 *
 * <pre>
 * role       input                          next       in
 * LOOKING    start, alone                   LEADING    {@link Alone}
 * LOOKING    a quorum agrees on this server LEADING    {@link Election}, then {@link Leader}
 * LOOKING    a quorum agrees on another     FOLLOWING  {@link Election}, then {@link Learner}
 *                                           OBSERVING
 * LEADING    quorum lost, epoch used up     LOOKING    {@link Member}
 * FOLLOWING  leader lost                    LOOKING    {@link Member}
 * OBSERVING
 * </pre>
 *
 * The role says what was elected; {@link Effects#became} says when it is fit for service.
 */
public final class Zab {
  private final Standing standing;

  /**
   * A server that stands alone.
   *
   * @param myId this server's id, the one voter of {@code quorum}
   * @param lastLogged the zxid of the last transaction in the log, or of the snapshot if that is
   *     later
   */
  public Zab(long myId, Quorum quorum, long lastLogged, Effects effects) {
    this(new Alone(myId, quorum, lastLogged, effects));
  }

  private Zab(Standing standing) {
    this.standing = standing;
  }

  /** A server that stands alone. */
  public static Zab standalone(long lastLogged, Effects effects) {
    return new Zab(1, Quorum.ofOne(1), lastLogged, effects);
  }

  /**
   * A member of an ensemble.
   *
   * @param durable what was found on this server's disk
   * @param committed the configuration in force, from its files
   */
  public static Zab member(
      long myId,
      DurableState durable,
      EnsembleConfig committed,
      ZabSettings settings,
      MemberEffects effects) {
    return member(myId, durable, committed, committed, settings, effects);
  }

  /**
   * A member of an ensemble that was told of a configuration to come.
   *
   * @param lastSeen as the last {@link MemberEffects#configSeen} gave it
   */
  public static Zab member(
      long myId,
      DurableState durable,
      EnsembleConfig committed,
      EnsembleConfig lastSeen,
      ZabSettings settings,
      MemberEffects effects) {
    return new Zab(new Member(new Self(myId, durable, committed, lastSeen, settings, effects)));
  }

  /** Starts a server that stands alone: it leads at once. */
  public void start() {
    standing.start(0);
  }

  /**
   * Starts the first election.
   *
   * @param nowMs of the clock that {@link #onTick} will show
   */
  public void start(long nowMs) {
    standing.start(nowMs);
  }

  // What is the case.

  /** What this server was elected to be. */
  public Role role() {
    return standing.role();
  }

  /** How far on the way to service. */
  public Phase phase() {
    return standing.phase();
  }

  /** The leader that this server knows of, itself perhaps; -1 while there is none. */
  public long leader() {
    return standing.leader();
  }

  /** The zxid the next proposal must have. */
  public long nextZxid() {
    return standing.nextZxid();
  }

  /** The last zxid that was proposed; where nothing is proposed, the last that was logged. */
  public long lastProposed() {
    return standing.lastProposed();
  }

  /** The last zxid that was committed. */
  public long lastCommitted() {
    return standing.lastCommitted();
  }

  /** The highest epoch promised to, durably; 0 alone. */
  public long acceptedEpoch() {
    return standing.self() == null ? 0 : standing.self().acceptedEpoch();
  }

  /** The epoch of the last leader whose history was taken over, durably; 0 alone. */
  public long currentEpoch() {
    return standing.self() == null ? 0 : standing.self().currentEpoch();
  }

  /** The last zxid that was logged, durable or not. */
  public long lastLogged() {
    return standing.self() == null ? lastProposed() : standing.self().history.logged();
  }

  /** The configuration in force; null alone. */
  public EnsembleConfig committedConfig() {
    return standing.self() == null ? null : standing.self().committed();
  }

  /** The configuration last proposed: the one in force when none is under way; null alone. */
  public EnsembleConfig lastSeenConfig() {
    return standing.self() == null ? null : standing.self().lastSeen();
  }

  /** At the leader: its learners, for people to look at. */
  public List<LearnerFigures> learners() {
    return standing.learners();
  }

  /** At the leader: syncs of learners that wait for a commit. */
  public int pendingSyncs() {
    return standing.pendingSyncs();
  }

  // Time.

  /**
   * Lets time pass; all deadlines are looked at here and nowhere else. To be called every 10 to 50
   * ms, and before other inputs when the thread was idle for longer.
   *
   * @param nowMs of a clock that never runs backwards
   */
  public void onTick(long nowMs) {
    standing.onTick(nowMs);
  }

  // The wire.

  /** A notification came in on the election port. */
  public void onNotification(long from, Notification notification) {
    standing.onNotification(from, notification);
  }

  /** The connection to a server's election port has ended: what was said last may be lost. */
  public void onVoterLost(long sid) {
    standing.onVoterLost(sid);
  }

  /** Nobody listens at a server's election port: its machine answers, and refuses. */
  public void onVoterGone(long sid) {
    standing.onVoterGone(sid);
  }

  /** A learner has connected to the quorum port. */
  public void onLearnerConnected(long connection) {
    standing.onLearnerConnected(connection);
  }

  /** The dialled leader has answered. */
  public void onLeaderConnected(int attempt, long connection) {
    standing.onLeaderConnected(attempt, connection);
  }

  /** The dialled leader could not be reached: refused, timed out, unknown. */
  public void onLeaderUnreachable(int attempt) {
    standing.onLeaderUnreachable(attempt);
  }

  /** A packet came in on a connection of the quorum port, dialled or accepted. */
  public void onPacket(long connection, QuorumPacket packet) {
    standing.onPacket(connection, packet);
  }

  /** Bytes of a packet or a stream that is not complete yet came in: the peer lives. */
  public void onProgress(long connection) {
    standing.onProgress(connection);
  }

  /** A connection is gone, whoever closed it. Unknown connections are ignored. */
  public void onClosed(long connection) {
    standing.onClosed(connection);
  }

  // The disk.

  /** The log has everything up to {@code zxid} on disk: only this can cast a vote. */
  public void onDurable(long zxid) {
    standing.onDurable(zxid);
  }

  /**
   * The log could not take what was appended after the last durable transaction and has dropped it.
   * Alone, those proposals can have reached nobody, so they are taken back and their zxids are used
   * again. A member gives up its role; what it had appended and not published is gone.
   */
  public void onAppendsLost() {
    standing.onAppendsLost();
  }

  /** The answer to {@link MemberEffects#saveAcceptedEpoch}. */
  public void onAcceptedEpochSaved(long epoch) {
    standing.onAcceptedEpochSaved(epoch);
  }

  /** The answer to {@link MemberEffects#saveCurrentEpoch}. */
  public void onCurrentEpochSaved(long epoch) {
    standing.onCurrentEpochSaved(epoch);
  }

  /** An answer to {@link MemberEffects#truncate}: log and tree end with {@code zxid}, durably. */
  public void onTruncated(long zxid) {
    standing.onTruncated(zxid);
  }

  /** The other one: the log does not have {@code zxid}; nothing was changed. */
  public void onTruncateFailed(long zxid) {
    standing.onTruncateFailed(zxid);
  }

  /** An answer to {@link MemberEffects#installSnapshot}: the stream is the tree, in memory. */
  public void onSnapshotInstalled(long zxid) {
    standing.onSnapshotInstalled(zxid);
  }

  /** The other one: damaged or cut off; nothing was changed. */
  public void onSnapshotFailed(long zxid) {
    standing.onSnapshotFailed(zxid);
  }

  /** The answer to {@link MemberEffects#saveSnapshot}. */
  public void onSnapshotSaved(long zxid) {
    standing.onSnapshotSaved(zxid);
  }

  /** The answer to {@link MemberEffects#findInLog}. */
  public void onFoundInLog(long connection, LogPlace place) {
    standing.onFoundInLog(connection, place);
  }

  // The replica.

  /**
   * Whether {@link #propose} may be called: this server leads, a quorum follows, and the epoch is
   * not used up. Between {@code became(LEADING)} and {@code became(LOOKING)} it turns false when
   * the leader is about to step down.
   */
  public boolean canPropose() {
    return standing.canPropose();
  }

  /**
   * Proposes a transaction. Zxids have no holes: an Apache server would not start on a log that has
   * one.
   *
   * @param zxid {@link #nextZxid}
   * @param bytes the array that holds the transaction; it may change after the call
   * @throws IllegalStateException when not leading, or out of order
   */
  public void propose(long zxid, byte[] bytes, int from, int length) {
    standing.propose(zxid, bytes, from, length);
  }

  /**
   * At the leader: the sync that a learner forwarded is to be answered behind everything proposed
   * so far.
   */
  public void submitSync(long connection) {
    standing.submitSync(connection);
  }

  /**
   * At the leader: the answer to {@link MemberEffects#revalidate}, in the order of the questions.
   */
  public void answerRevalidate(long connection, long sessionId, boolean valid) {
    standing.answerRevalidate(connection, sessionId, valid);
  }

  /**
   * At a learner that serves: forwards a request to the leader (quorum sheet, section 4.4).
   *
   * @return false when there is no leader to forward it to
   */
  public boolean submitRequest(QuorumPacket.Request request) {
    return standing.submit(request);
  }

  /**
   * At a learner that serves: asks the leader whether a session lives.
   *
   * @return false when there is no leader to ask
   */
  public boolean submitRevalidate(long sessionId, int timeoutMs) {
    return standing.submit(new QuorumPacket.Revalidate(sessionId, timeoutMs));
  }

  /** At the leader: whether a quorum of {@code config} is connected and synchronised now. */
  public boolean hasSyncedQuorum(EnsembleConfig config) {
    return standing.hasSyncedQuorum(config);
  }
}
