package io.paddock.zab;

import java.util.List;

/**
 * A member of an ensemble: an election, then a role until it ends, then an election again (quorum
 * sheet, section 2.7). One role at a time gets the inputs; what comes for a role that has ended is
 * met here.
 *
 * <pre>
 * role                  input                        next
 * LOOKING               elected(this server)         LEADING
 * LOOKING               elected(another)             FOLLOWING, OBSERVING by configuration
 * LEADING … OBSERVING   lookAgain                    LOOKING; the election begins when the disk is quiet
 * FOLLOWING, OBSERVING  reassign by reconfiguration  LEADING, FOLLOWING, OBSERVING without election
 * </pre>
 *
 * An election begins only once everything appended is durable and every other request to the disk
 * is answered, so a vote never names a history that could still change.
 *
 * <p>Over 400 lines, since every input has a method.
 */
final class Member implements Standing {
  private final Self self;
  private final Election election;
  private Role role = Role.LOOKING;
  private Leader leader;
  private Learner learner;

  private boolean started;
  private boolean serving;
  private int lastAttempt;
  private long electAtMs;

  /** The role to take next without an election; Vote.NOBODY when there is to be one. */
  private long assignedLeader = Vote.NOBODY;

  Member(Self self) {
    this.self = self;
    this.election = new Election(self, this);
  }

  @Override
  public Self self() {
    return self;
  }

  @Override
  public Role role() {
    return role;
  }

  @Override
  public void start(long nowMs) {
    self.nowMs = nowMs;
    electAtMs = nowMs;
    started = true;
    proceed();
  }

  @Override
  public void onTick(long nowMs) {
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
      elected(sid);
    } else if (self.nowMs >= electAtMs) {
      election.begin();
    }
  }

  /** The election is over, or a reconfiguration has decided. */
  void elected(long sid) {
    if (sid == self.id) {
      role = Role.LEADING;
      leader = new Leader(self, this);
      leader.begin();
      return;
    }
    EnsembleServer server = self.committed().server(sid);
    if (server == null) {
      self.effects.note("elected " + sid + " is not in the configuration");
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
    self.effects.note("serves as " + role + " in epoch " + self.currentEpoch());
    self.effects.became(role);
  }

  /** The role is over. */
  void lookAgain(String why) {
    self.effects.note(role + " ends: " + why);
    // A role that came to nothing is not tried again at once.
    electAtMs = serving ? self.nowMs : self.nowMs + self.settings.dialRetryMs();
    endRole(why);
    proceed();
  }

  /** A reconfiguration in force says who leads, or what this server is. */
  void reassign(long designatedLeader) {
    self.effects.note("reconfigured: server " + designatedLeader + " leads");
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
      self.effects.became(Role.LOOKING);
    }
  }

  // The wire.

  @Override
  public void onNotification(long from, Notification notification) {
    if (leader != null) {
      leader.onNotification(from, notification);
    } else if (learner != null) {
      learner.onNotification(from, notification);
    }
    election.onNotification(from, notification);
  }

  @Override
  public void onVoterLost(long sid) {
    if (learner != null) {
      learner.onVoterLost(sid);
    }
    election.onVoterLost(sid);
  }

  @Override
  public void onVoterGone(long sid) {
    if (learner != null) {
      learner.onVoterLost(sid);
    }
    election.onVoterGone(sid);
  }

  @Override
  public void onLearnerConnected(long connection) {
    if (leader != null) {
      leader.onConnected(connection);
    } else {
      self.effects.close(connection, "this server does not lead");
    }
  }

  @Override
  public void onLeaderConnected(int attempt, long connection) {
    if (learner != null) {
      learner.onLeaderConnected(attempt, connection);
    } else {
      self.effects.close(connection, "nobody is followed any more");
    }
  }

  @Override
  public void onLeaderUnreachable(int attempt) {
    if (learner != null) {
      learner.onLeaderUnreachable(attempt);
    }
  }

  @Override
  public void onPacket(long connection, QuorumPacket packet) {
    if (leader != null && leader.isOn(connection)) {
      leader.onPacket(connection, packet);
    } else if (learner != null && learner.isOn(connection)) {
      learner.onPacket(packet);
    }
  }

  @Override
  public void onProgress(long connection) {
    if (leader != null && leader.isOn(connection)) {
      leader.onProgress(connection);
    } else if (learner != null && learner.isOn(connection)) {
      learner.onProgress();
    }
  }

  @Override
  public void onClosed(long connection) {
    if (leader != null && leader.isOn(connection)) {
      leader.onClosed(connection);
    } else if (learner != null && learner.isOn(connection)) {
      learner.onClosed();
    }
  }

  @Override
  public void onDurable(long zxid) {
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
   * is no election.
   */
  @Override
  public void onAppendsLost() {
    self.history.cutAfter(self.history.durable());
    self.saveAcceptedEpoch(self.acceptedEpoch());
    if (role != Role.LOOKING) {
      lookAgain("the log could not take what was proposed");
    } else {
      proceed();
    }
  }

  @Override
  public void onAcceptedEpochSaved(long epoch) {
    self.acceptedEpochSaved(epoch);
    if (leader != null) {
      leader.onAcceptedEpochSaved();
    } else if (learner != null) {
      learner.onAcceptedEpochSaved();
    } else {
      proceed();
    }
  }

  @Override
  public void onCurrentEpochSaved(long epoch) {
    self.currentEpochSaved(epoch);
    if (leader != null) {
      leader.onCurrentEpochSaved();
    } else if (learner != null) {
      learner.onCurrentEpochSaved();
    } else {
      proceed();
    }
  }

  @Override
  public void onTruncated(long zxid) {
    self.answered();
    self.history.cutAfter(zxid);
    if (learner != null) {
      learner.onTruncated(zxid);
    } else {
      proceed();
    }
  }

  @Override
  public void onTruncateFailed(long zxid) {
    self.answered();
    // Cutting at the next lower place could drop what the leader thinks is there.
    self.needsSnapshot = true;
    if (learner != null) {
      learner.onTruncateFailed(zxid);
    } else {
      proceed();
    }
  }

  @Override
  public void onSnapshotInstalled(long zxid) {
    self.answered();
    if (learner != null && learner.isInstalling()) {
      learner.onSnapshotInstalled(zxid);
    } else {
      self.effects.abandonSnapshot();
      proceed();
    }
  }

  @Override
  public void onSnapshotFailed(long zxid) {
    self.answered();
    if (learner != null) {
      learner.onSnapshotFailed();
    } else {
      proceed();
    }
  }

  @Override
  public void onSnapshotSaved(long zxid) {
    self.answered();
    self.needsSnapshot = false;
    if (learner != null) {
      learner.onSnapshotSaved();
    } else {
      proceed();
    }
  }

  @Override
  public void onFoundInLog(long connection, LogPlace place) {
    if (leader != null) {
      leader.onFoundInLog(connection, place);
    }
  }

  // The replica.

  @Override
  public boolean canPropose() {
    return leader != null && leader.canPropose();
  }

  @Override
  public long nextZxid() {
    return lastProposed() + 1;
  }

  @Override
  public long lastProposed() {
    return leader != null && leader.traffic() != null
        ? leader.traffic().lastProposed()
        : self.history.logged();
  }

  @Override
  public long lastCommitted() {
    return leader != null && leader.canPropose()
        ? leader.traffic().lastCommitted()
        : self.history.published();
  }

  @Override
  public void propose(long zxid, byte[] bytes, int from, int length) {
    if (!canPropose()) {
      throw new IllegalStateException("a proposal while " + role + " in " + phase());
    }
    leader.traffic().propose(zxid, bytes, from, length);
  }

  @Override
  public void submitSync(long connection) {
    if (leader != null) {
      leader.submitSync(connection);
    }
  }

  @Override
  public void answerRevalidate(long connection, long sessionId, boolean valid) {
    if (leader != null) {
      leader.sendTo(connection, new QuorumPacket.Revalidated(sessionId, valid));
    }
  }

  @Override
  public boolean submit(QuorumPacket packet) {
    return learner != null && learner.submit(packet);
  }

  @Override
  public List<LearnerFigures> learners() {
    return leader == null ? List.of() : leader.figures();
  }

  @Override
  public int pendingSyncs() {
    return leader == null || leader.traffic() == null ? 0 : leader.traffic().pendingSyncs();
  }

  @Override
  public boolean hasSyncedQuorum(EnsembleConfig config) {
    return leader != null && leader.hasSyncedQuorum(config);
  }

  @Override
  public Phase phase() {
    return switch (role) {
      case LOOKING -> Phase.ELECTION;
      case LEADING -> leader.phase();
      case FOLLOWING, OBSERVING -> learner.phase();
    };
  }

  @Override
  public long leader() {
    return switch (role) {
      case LOOKING -> -1;
      case LEADING -> self.id;
      case FOLLOWING, OBSERVING -> learner.leader();
    };
  }
}
