package io.paddock.zab;

import java.util.List;

/**
 * Atomic broadcast as a state machine: {@link ZabInput}s come in by {@link #on}, what is to be done
 * goes out by the {@link ZabPorts}; the same inputs lead to the same effects. It knows transactions
 * as opaque bytes under a zxid (but for reconfigurations, which change who votes). Confined to one
 * thread; the effects of an input happen before it returns, and never call back.
 *
 * <p>A proposal is appended to the log, a vote is cast when the log says that it is durable and
 * never before ("Zab: High-performance broadcast for primary-backup systems", section III), and it
 * is committed when a quorum of votes has reached it.
 *
 * <p>A member of an ensemble goes through an election, then a role until it ends, then an election
 * again (quorum sheet, section 2.7). One role at a time gets the inputs; what comes for a role that
 * has ended is met here.
 *
 * <pre>
 * role                  input                            next
 * LOOKING               Start, alone                     LEADING, for ever
 * LOOKING               a quorum agrees on this server   LEADING: {@link Election}, then {@link Leader}
 * LOOKING               a quorum agrees on another       FOLLOWING, OBSERVING: {@link Learner}
 * LEADING … OBSERVING   lookAgain                        LOOKING; the election begins when the disk is quiet
 * FOLLOWING, OBSERVING  reassign by reconfiguration      LEADING, FOLLOWING, OBSERVING without election
 * </pre>
 *
 * The role says what was elected; {@link ReplicaPort#became} says when it is fit for service.
 *
 * <p>An election begins only once everything appended is durable and every other request to the
 * disk is answered, so a vote never names a history that could still change.
 *
 * <p>A server alone is a quorum of itself. It leads from the start to the end, in the epoch of its
 * log, as ZooKeeper's standalone server does: with no rival there is nothing that a new epoch would
 * fence off. What its disk does not take can have reached nobody, so it keeps its role.
 *
 * <p>Over 400 lines: what each input means to each role stays in one place.
 */
public final class Zab {
  /**
   * In a handover the leader of before looks in a later round whatever happens, and the others hear
   * of it only once the new configuration is on their disks: so many times as long as after an
   * election they have to come.
   */
  private static final int HANDOVER_DIALS = 4;

  private final MemberState self;
  private final Election election;
  private final OwnInvariants invariants = new OwnInvariants();
  private Role role = Role.LOOKING;
  private Leader leader;
  private Learner learner;

  private boolean started;
  private boolean serving;
  private int lastAttempt;
  private long electAtMs;

  /** The role to take next without an election; Vote.NOBODY when there is to be one. */
  private long assignedLeader = Vote.NOBODY;

  Zab(MemberState self) {
    this.self = self;
    this.election = new Election(self, this);
  }

  /**
   * A server that stands alone.
   *
   * @param lastLogged the zxid of the last transaction in the log, or of the snapshot if that is
   *     later
   */
  public static Zab alone(long lastLogged, ReplicaPort replica) {
    return new Zab(MemberState.alone(lastLogged, replica));
  }

  /**
   * A member of an ensemble.
   *
   * @param durable what was found on this server's disk
   * @param committed the configuration in force, from its files
   * @param lastSeen the one that it was last told of, as {@link MembershipPort#seen} gave it;
   *     otherwise {@code committed}
   */
  public static Zab member(
      long myId,
      DurableState durable,
      EnsembleConfig committed,
      EnsembleConfig lastSeen,
      ZabSettings settings,
      ZabPorts ports) {
    return new Zab(new MemberState(myId, durable, committed, lastSeen, settings, ports));
  }

  /**
   * Something has happened.
   *
   * @throws IllegalStateException when that cannot be, or an invariant is broken: then this
   *     server's state is not to be trusted any more
   */
  public void on(ZabInput input) {
    if (self.alone && !input.kind().happensAlone()) {
      throw new IllegalStateException(input.kind() + " at a server alone, which has no peers");
    }
    switch (input.kind()) {
      case START -> start(((ZabInput.Start) input).nowMs());
      case TICK -> onTick(((ZabInput.Tick) input).nowMs());
      case NOTIFIED -> onNotified((ZabInput.Notified) input);
      case VOTER_LOST -> onVoterLost(((ZabInput.VoterLost) input).sid());
      case VOTER_GONE -> onVoterGone(((ZabInput.VoterGone) input).sid());
      case LEARNER_CONNECTED ->
          onLearnerConnected(((ZabInput.LearnerConnected) input).connection());
      case LEADER_CONNECTED -> onLeaderConnected((ZabInput.LeaderConnected) input);
      case LEADER_UNREACHABLE -> onLeaderUnreachable((ZabInput.LeaderUnreachable) input);
      case RECEIVED -> onReceived((ZabInput.Received) input);
      case PROGRESS -> onProgress(((ZabInput.Progress) input).connection());
      case CLOSED -> onClosed(((ZabInput.Closed) input).connection());
      case DURABLE -> onDurable(((ZabInput.Durable) input).zxid());
      case APPENDS_LOST -> onAppendsLost();
      case ACCEPTED_EPOCH_SAVED ->
          onAcceptedEpochSaved(((ZabInput.AcceptedEpochSaved) input).epoch());
      case CURRENT_EPOCH_SAVED -> onCurrentEpochSaved(((ZabInput.CurrentEpochSaved) input).epoch());
      case TRUNCATED -> onTruncated(((ZabInput.Truncated) input).zxid());
      case TRUNCATE_FAILED -> onTruncateFailed(((ZabInput.TruncateFailed) input).zxid());
      case SNAPSHOT_INSTALLED -> onSnapshotInstalled(((ZabInput.SnapshotInstalled) input).zxid());
      case SNAPSHOT_FAILED -> onSnapshotFailed();
      case SNAPSHOT_SAVED -> onSnapshotSaved();
      case FOUND_IN_LOG -> onFoundInLog((ZabInput.FoundInLog) input);
      case ASK -> onAsk(((ZabInput.Ask) input).packet());
      case ANSWER -> onAnswer((ZabInput.Answer) input);
      case SYNC -> onSync(((ZabInput.Sync) input).connection());
      case CONFIRM -> onConfirm();
    }
    invariants.check(this, self);
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
    if (!canPropose()) {
      throw new IllegalStateException("a proposal while " + role + " in " + phase());
    }
    leader.traffic().propose(zxid, bytes, from, length);
    invariants.check(this, self);
  }

  // What is the case.

  /** Whether the leader of now, this server perhaps, has the moves of sessions in the log. */
  public boolean marksMoves() {
    return learner == null ? self.replica.marksMoves() : learner.marksMoves();
  }

  /** What this server was elected to be. */
  public Role role() {
    return role;
  }

  /** How far on the way to service. */
  public Phase phase() {
    return switch (role) {
      case LOOKING -> Phase.ELECTION;
      case LEADING -> leader.phase();
      case FOLLOWING, OBSERVING -> learner.phase();
    };
  }

  /** The leader that this server knows of, itself perhaps; -1 while there is none. */
  public long leader() {
    return switch (role) {
      case LOOKING -> -1;
      case LEADING -> self.id;
      case FOLLOWING, OBSERVING -> learner.leader();
    };
  }

  /**
   * Whether {@link #propose} may be called: this server leads, a quorum follows, and the epoch is
   * not used up. Between {@code became(LEADING)} and {@code became(LOOKING)} it turns false when
   * the leader is about to step down.
   */
  public boolean canPropose() {
    return leader != null && leader.canPropose();
  }

  /** The zxid the next proposal must have. */
  public long nextZxid() {
    return lastProposed() + 1;
  }

  /** The last zxid that was proposed; where nothing is proposed, the last that was logged. */
  public long lastProposed() {
    return leader != null && leader.traffic() != null
        ? leader.traffic().lastProposed()
        : self.history.logged();
  }

  /** The last zxid that was committed. */
  public long lastCommitted() {
    return leader != null && leader.canPropose()
        ? leader.traffic().lastCommitted()
        : self.history.published();
  }

  /** The last zxid that was logged, durable or not. */
  public long lastLogged() {
    return self.history.logged();
  }

  /** The highest epoch promised to, durably; alone, that of the log. */
  public long acceptedEpoch() {
    return self.acceptedEpoch();
  }

  /** The epoch of the last leader whose history was taken over, durably; alone, that of the log. */
  public long currentEpoch() {
    return self.currentEpoch();
  }

  /** The configuration in force; alone, this server without an address. */
  public EnsembleConfig committedConfig() {
    return self.committed();
  }

  /** The configuration last proposed: the one in force when none is under way. */
  public EnsembleConfig lastSeenConfig() {
    return self.lastSeen();
  }

  /** At the leader: its learners, for people to look at. */
  public List<LearnerFigures> learners() {
    return leader == null ? List.of() : leader.figures();
  }

  /** Whether syncs wait for {@link ZabInput.Confirm}. */
  public boolean wantsConfirmation() {
    return leader != null && leader.wantsConfirmation();
  }

  /** At the leader: syncs that wait, for a commit or for the word that it still leads. */
  public int pendingSyncs() {
    return leader == null || leader.traffic() == null ? 0 : leader.traffic().syncs().size();
  }

  /** At the leader: whether a quorum of {@code config} is connected and synchronised now. */
  public boolean hasSyncedQuorum(EnsembleConfig config) {
    return leader != null && leader.hasSyncedQuorum(config);
  }

  // What comes in.

  private void start(long nowMs) {
    self.nowMs = nowMs;
    if (self.alone) {
      role = Role.LEADING;
      leader = new Leader(self, this);
      leader.beginAlone();
      return;
    }
    electAtMs = nowMs;
    started = true;
    proceed();
  }

  private void onTick(long nowMs) {
    self.nowMs = Math.max(self.nowMs, nowMs);
    switch (role) {
      case LOOKING -> {
        proceed();
        election.onTick();
      }
      case LEADING -> leader.onTick();
      case FOLLOWING, OBSERVING -> learner.onTick();
    }
  }

  /** Goes on from LOOKING when nothing is in the way. */
  private void proceed() {
    if (!started || role != Role.LOOKING || election.isRunning() || !self.isQuiet()) {
      return;
    }
    if (assignedLeader != Vote.NOBODY) {
      long sid = assignedLeader;
      assignedLeader = Vote.NOBODY;
      takeRole(sid, HANDOVER_DIALS);
    } else if (self.nowMs >= electAtMs) {
      election.begin();
    }
  }

  /** The election is over. */
  void elected(long sid) {
    takeRole(sid, 1);
  }

  /** An election or a reconfiguration has decided. */
  private void takeRole(long sid, int dials) {
    if (sid == self.id) {
      role = Role.LEADING;
      leader = new Leader(self, this);
      leader.begin(dials);
      return;
    }
    EnsembleServer server = self.committed().server(sid);
    if (server == null) {
      self.replica.note("elected " + sid + " is not in the configuration");
      electAtMs = self.nowMs + self.settings.finalizeWaitMs();
      return;
    }
    role = self.isObserver() ? Role.OBSERVING : Role.FOLLOWING;
    learner = new Learner(self, this, server, self.isObserver(), lastAttempt);
    if (election.isLost(sid)) {
      learner.onVoterLost(sid);
    }
    learner.begin();
  }

  /** The role has reached service. */
  void serve() {
    serving = true;
    self.replica.note("serves as " + role + " in epoch " + self.currentEpoch());
    self.replica.became(role);
  }

  /** The role is over. */
  void lookAgain(String why) {
    self.replica.note(role + " ends: " + why);
    // A role that came to nothing is not tried again at once.
    electAtMs = serving ? self.nowMs : self.nowMs + self.settings.dialRetryMs();
    endRole(why);
    proceed();
  }

  /** A reconfiguration in force says who leads, or what this server is. */
  void reassign(long designatedLeader) {
    self.replica.note("reconfigured: server " + designatedLeader + " leads");
    EnsembleConfig config = self.committed();
    boolean mine = designatedLeader == self.id;
    if (mine ? config.isVoter(self.id) : config.server(designatedLeader) != null) {
      assignedLeader = designatedLeader;
      if (self.vote.leader() != designatedLeader) {
        self.vote =
            Vote.looking(designatedLeader, self.history.logged(), self.round, self.currentEpoch());
      }
    }
    electAtMs = self.nowMs;
    endRole("the membership has changed");
    proceed();
  }

  private void endRole(String why) {
    role = Role.LOOKING;
    if (leader != null) {
      leader.end(why);
      leader = null;
    }
    if (learner != null) {
      learner.end(why);
      lastAttempt = learner.attempt();
      learner = null;
    }
    if (serving) {
      serving = false;
      self.replica.became(Role.LOOKING);
    }
  }

  // The wire.

  private void onNotified(ZabInput.Notified input) {
    long from = input.from();
    Notification notification = input.notification();
    if (leader != null) {
      leader.onNotification(from, notification);
    } else if (learner != null) {
      learner.onNotification(from, notification);
    }
    election.onNotification(from, notification);
  }

  private void onVoterLost(long sid) {
    if (learner != null) {
      learner.onVoterLost(sid);
    }
    election.onVoterLost(sid);
  }

  private void onVoterGone(long sid) {
    if (learner != null) {
      learner.onVoterLost(sid);
    }
    election.onVoterGone(sid);
  }

  private void onLearnerConnected(long connection) {
    if (leader != null) {
      leader.onConnected(connection);
    } else {
      self.peers.close(connection, "this server does not lead");
    }
  }

  private void onLeaderConnected(ZabInput.LeaderConnected input) {
    if (learner != null) {
      learner.onLeaderConnected(input.attempt(), input.connection());
    } else {
      self.peers.close(input.connection(), "nobody is followed any more");
    }
  }

  private void onLeaderUnreachable(ZabInput.LeaderUnreachable input) {
    if (learner != null) {
      learner.onLeaderUnreachable(input.attempt());
    }
  }

  private void onReceived(ZabInput.Received input) {
    long connection = input.connection();
    QuorumPacket packet = input.packet();
    if (leader != null && leader.isOn(connection)) {
      leader.onPacket(connection, packet);
    } else if (learner != null && learner.isOn(connection)) {
      learner.onPacket(packet);
    }
  }

  private void onProgress(long connection) {
    if (leader != null && leader.isOn(connection)) {
      leader.onProgress(connection);
    } else if (learner != null && learner.isOn(connection)) {
      learner.onProgress();
    }
  }

  private void onClosed(long connection) {
    if (leader != null && leader.isOn(connection)) {
      leader.onClosed(connection);
    } else if (learner != null && learner.isOn(connection)) {
      learner.onClosed();
    }
  }

  private void onDurable(long zxid) {
    self.history.durable(zxid);
    if (leader != null) {
      leader.onDurable(zxid);
    } else if (learner != null) {
      learner.onDurable(zxid);
    } else {
      proceed();
    }
  }

  /**
   * A follower comes back for what was dropped; a leader's followers may have it: it steps down.
   * Neither before there is room again: saving the epoch once more tells that, and until then there
   * is no election. Alone, nobody has it.
   */
  private void onAppendsLost() {
    self.history.cutAfter(self.history.durable());
    if (self.alone) {
      leader.traffic().takeBackLost();
      return;
    }
    self.saveAcceptedEpoch(self.acceptedEpoch());
    if (role != Role.LOOKING) {
      lookAgain("the log could not take what was proposed");
    } else {
      proceed();
    }
  }

  private void onAcceptedEpochSaved(long epoch) {
    self.acceptedEpochSaved(epoch);
    if (leader != null) {
      leader.onAcceptedEpochSaved();
    } else if (learner != null) {
      learner.onAcceptedEpochSaved();
    } else {
      proceed();
    }
  }

  private void onCurrentEpochSaved(long epoch) {
    self.currentEpochSaved(epoch);
    if (leader != null) {
      leader.onCurrentEpochSaved();
    } else if (learner != null) {
      learner.onCurrentEpochSaved();
    } else {
      proceed();
    }
  }

  private void onTruncated(long zxid) {
    self.answered();
    self.history.cutAfter(zxid);
    if (learner != null) {
      learner.onTruncated(zxid);
    } else {
      proceed();
    }
  }

  private void onTruncateFailed(long zxid) {
    self.answered();
    // Cutting at the next lower place could drop what the leader thinks is there.
    self.needsSnapshot = true;
    if (learner != null) {
      learner.onTruncateFailed(zxid);
    } else {
      proceed();
    }
  }

  private void onSnapshotInstalled(long zxid) {
    self.answered();
    if (learner != null && learner.isInstalling()) {
      learner.onSnapshotInstalled(zxid);
    } else {
      self.replica.abandonSnapshot();
      proceed();
    }
  }

  private void onSnapshotFailed() {
    self.answered();
    if (learner != null) {
      learner.onSnapshotFailed();
    } else {
      proceed();
    }
  }

  private void onSnapshotSaved() {
    self.answered();
    self.needsSnapshot = false;
    if (learner != null) {
      learner.onSnapshotSaved();
    } else {
      proceed();
    }
  }

  private void onFoundInLog(ZabInput.FoundInLog input) {
    if (leader != null) {
      leader.onFoundInLog(input.connection(), input.place());
    }
  }

  // The replica.

  private void onAsk(QuorumPacket packet) {
    if (learner != null) {
      learner.ask(packet);
    }
  }

  private void onAnswer(ZabInput.Answer input) {
    if (leader != null) {
      leader.sendTo(input.connection(), input.packet());
    }
  }

  private void onSync(long connection) {
    if (leader != null) {
      leader.onSync(connection);
    }
  }

  private void onConfirm() {
    if (leader != null) {
      leader.onConfirm();
    }
  }
}
