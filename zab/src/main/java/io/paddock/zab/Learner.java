package io.paddock.zab;

import io.paddock.wire.MalformedException;
import java.util.ArrayDeque;

/**
 * A follower or an observer, from the end of the election to the loss of its leader (quorum sheet,
 * sections 3.3, 3.4 and 4.2). Its steps F1 to F10 are its states:
 *
 * <pre>
 * state         input                       next          effects
 * DIALLING      onLeaderConnected           GREETING      send FOLLOWERINFO or OBSERVERINFO
 * GREETING      onClosed                    DIALLING      dial again
 * GREETING      LEADERINFO, epoch not new   CHOICE        send ACKEPOCH(-1)
 * GREETING      LEADERINFO, epoch new       PROMISING     saveAcceptedEpoch
 * PROMISING     onAcceptedEpochSaved        CHOICE        send ACKEPOCH(currentEpoch of before)
 * CHOICE        DIFF                        SYNCING       -
 * CHOICE        TRUNC                       CUTTING       truncate
 * CHOICE        SNAP                        INSTALLING    installSnapshot
 * CUTTING       onTruncated                 SYNCING       -
 * INSTALLING    onSnapshotInstalled         SYNCING       -
 * SYNCING       PROPOSAL, COMMIT, INFORM    SYNCING       append, or stage after SNAP
 * SYNCING       NEWLEADER                   TAKING_OVER   saveSnapshot after SNAP
 * TAKING_OVER   all durable                 TAKING_OVER   saveCurrentEpoch
 * TAKING_OVER   onCurrentEpochSaved         TAKEN_OVER    send ACK(E&lt;&lt;32)
 * TAKEN_OVER    UPTODATE                    SERVING       commit, became, send ACK(E&lt;&lt;32), append leftovers
 * SERVING       PROPOSAL                    SERVING       append
 * SERVING       onDurable                   SERVING       send ACK for each
 * SERVING       COMMIT, INFORM              SERVING       commit
 * any           silence, breach, onClosed   -             close; the member is LOOKING
 * </pre>
 *
 * <p>An ACK of a transaction is created by {@link #onDurable} alone, the ACK of a new leader by
 * {@link #onCurrentEpochSaved} and once more at UPTODATE.
 *
 * <p>Over 400 lines: the states of the table stay in one place.
 */
final class Learner {
  private enum State {
    DIALLING,
    GREETING,
    PROMISING,
    CHOICE,
    CUTTING,
    INSTALLING,
    SYNCING,
    TAKING_OVER,
    TAKEN_OVER,
    SERVING
  }

  private static final long NO_CONNECTION = Long.MIN_VALUE;

  private final MemberState self;
  private final Zab zab;
  private final EnsembleServer leader;
  private final boolean observer;
  private final Dial dial;

  /** What came in while the disk was cutting or the stream was read. */
  private final ArrayDeque<QuorumPacket> held = new ArrayDeque<>();

  private State state = State.DIALLING;
  private long connection = NO_CONNECTION;
  private long heardMs;
  private long silenceMaxMs;
  private long epoch;
  private boolean marksMoves;
  private int promise;
  private History beforeSnapshot;
  private Takeover takeover;
  private LearnerTraffic traffic;

  Learner(MemberState self, Zab zab, EnsembleServer leader, boolean observer, int lastAttempt) {
    this.self = self;
    this.zab = zab;
    this.leader = leader;
    this.observer = observer;
    this.dial = new Dial(self, leader, lastAttempt);
    this.silenceMaxMs = self.settings.initMs();
  }

  void begin() {
    dial.begin();
  }

  long leader() {
    return leader.sid();
  }

  /** Whether the leader has the moves of sessions in the log. */
  boolean marksMoves() {
    return marksMoves;
  }

  Phase phase() {
    return switch (state) {
      case DIALLING, GREETING, PROMISING -> Phase.DISCOVERY;
      case CHOICE, CUTTING, INSTALLING, SYNCING, TAKING_OVER, TAKEN_OVER -> Phase.SYNCHRONIZATION;
      case SERVING -> Phase.BROADCAST;
    };
  }

  boolean isOn(long someConnection) {
    return connection == someConnection;
  }

  /** The last attempt made, so that the next learner's are told apart. */
  int attempt() {
    return dial.attempt();
  }

  void onLeaderConnected(int ofAttempt, long newConnection) {
    if (state != State.DIALLING || ofAttempt != dial.attempt()) {
      self.peers.close(newConnection, "another leader was elected meanwhile");
      return;
    }
    connection = newConnection;
    state = State.GREETING;
    heardMs = self.nowMs;
    LearnerInfo info = LearnerInfo.of(self.id, self.committed().version());
    long accepted = Zxid.of(self.acceptedEpoch(), 0);
    send(
        observer
            ? new QuorumPacket.ObserverInfo(accepted, info)
            : new QuorumPacket.FollowerInfo(accepted, info));
  }

  void onLeaderUnreachable(int ofAttempt) {
    String why = state == State.DIALLING ? dial.onUnreachable(ofAttempt) : null;
    if (why != null) {
      zab.lookAgain(why);
    }
  }

  /** A leader that looks for another one, or in another round, is none. */
  void onNotification(long from, Notification n) {
    boolean elsewhere =
        n.round() > self.round || n.round() == self.round && n.leader() != leader.sid();
    boolean looks = from == leader.sid() && n.state() == Role.LOOKING && elsewhere;
    if (state == State.DIALLING && looks) {
      zab.lookAgain("leader " + leader.sid() + " looks for a leader itself");
    }
  }

  /** The election connection to a voter has ended. */
  void onVoterLost(long sid) {
    if (sid == leader.sid()) {
      dial.leaderLost();
    }
  }

  void onClosed() {
    if (state == State.GREETING) {
      // Something in between took the call for a leader that does not listen yet.
      connection = NO_CONNECTION;
      state = State.DIALLING;
      onLeaderUnreachable(dial.attempt());
    } else {
      zab.lookAgain("the connection to leader " + leader.sid() + " was closed");
    }
  }

  void onTick() {
    String why = null;
    if (state == State.DIALLING) {
      why = dial.onTick();
    } else if (self.nowMs - heardMs > silenceMaxMs) {
      why = "leader " + leader.sid() + " was silent for " + (self.nowMs - heardMs) + " ms";
    }
    if (why != null) {
      zab.lookAgain(why);
    }
  }

  void onProgress() {
    heardMs = self.nowMs;
  }

  void onPacket(QuorumPacket packet) {
    heardMs = self.nowMs;
    if (state == State.CUTTING || state == State.INSTALLING) {
      held.addLast(packet);
      return;
    }
    try {
      dispatch(packet);
    } catch (Breach | InvalidConfigException | MalformedException e) {
      zab.lookAgain("leader " + leader.sid() + ": " + e.getMessage());
    }
  }

  private void dispatch(QuorumPacket packet) {
    switch (state) {
      case GREETING -> onGreeting(packet);
      case CHOICE -> onChoice(packet);
      case SYNCING, TAKING_OVER, TAKEN_OVER -> onSync(packet);
      case SERVING -> traffic.onPacket(packet);
      case DIALLING, PROMISING, CUTTING, INSTALLING -> throw unexpected(packet);
    }
  }

  private Breach unexpected(QuorumPacket packet) {
    return new Breach("sent " + packet.kind() + " while this learner was " + state);
  }

  private void onGreeting(QuorumPacket packet) {
    if (packet.kind() != QuorumPacket.Kind.LEADERINFO) {
      throw unexpected(packet);
    }
    QuorumPacket.LeaderInfo info = (QuorumPacket.LeaderInfo) packet;
    if (info.protocolVersion() < LearnerInfo.PROTOCOL) {
      throw new Breach("speaks the protocol before ZooKeeper 3.4");
    }
    marksMoves = info.protocolVersion() >= LearnerInfo.MARKS_MOVES;
    epoch = Zxid.epoch(info.zxid());
    if (epoch < self.acceptedEpoch()) {
      throw new Breach(
          "proposes epoch " + epoch + ", this server has accepted " + self.acceptedEpoch());
    }
    if (epoch == self.acceptedEpoch()) {
      // Promised before, maybe to another leader of the same epoch: this answer must not count.
      promise = -1;
      ackEpoch();
      return;
    }
    // A server whose log has to be replaced cannot say how far it has come.
    promise = self.needsSnapshot ? -1 : (int) self.currentEpoch();
    state = State.PROMISING;
    self.saveAcceptedEpoch(epoch);
  }

  void onAcceptedEpochSaved() {
    if (state == State.PROMISING) {
      ackEpoch();
    }
  }

  private void ackEpoch() {
    state = State.CHOICE;
    send(new QuorumPacket.AckEpoch(self.needsSnapshot ? 0 : self.history.logged(), promise));
  }

  private void onChoice(QuorumPacket packet) {
    switch (packet.kind()) {
      case DIFF -> {
        if (self.needsSnapshot) {
          throw new Breach("sent DIFF to a server that needs a snapshot");
        }
        self.history.settle(self.history.logged());
        sync(false);
      }
      case TRUNC -> cut(((QuorumPacket.Trunc) packet).zxid());
      case SNAP -> {
        long zxid = ((QuorumPacket.Snap) packet).zxid();
        checkNotPublished(zxid);
        state = State.INSTALLING;
        self.installSnapshot(connection, zxid);
      }
      default -> throw unexpected(packet);
    }
  }

  private void cut(long zxid) {
    checkNotPublished(zxid);
    if (self.needsSnapshot || zxid > self.history.logged()) {
      throw new Breach("wants a log cut at " + Zxid.text(zxid) + ", which it does not reach");
    }
    state = State.CUTTING;
    self.truncate(zxid);
  }

  /** What clients of this server have seen is never taken back. */
  private void checkNotPublished(long zxid) {
    if (zxid < self.history.published()) {
      throw new Breach(
          "goes back to "
              + Zxid.text(zxid)
              + ", but "
              + Zxid.text(self.history.published())
              + " was committed");
    }
  }

  void onTruncated(long zxid) {
    if (state == State.CUTTING) {
      self.history.settle(zxid);
      sync(false);
      release();
    }
  }

  void onTruncateFailed(long zxid) {
    if (state == State.CUTTING) {
      zab.lookAgain("the log does not have " + Zxid.text(zxid) + ": a snapshot is needed");
    }
  }

  /** Whether a snapshot that is there now would still be of use. */
  boolean isInstalling() {
    return state == State.INSTALLING;
  }

  void onSnapshotInstalled(long zxid) {
    beforeSnapshot = self.history;
    self.history = beforeSnapshot.replacedBy(zxid);
    sync(true);
    release();
  }

  void onSnapshotFailed() {
    if (state == State.INSTALLING) {
      zab.lookAgain("the snapshot of leader " + leader.sid() + " could not be read");
    }
  }

  private void sync(boolean afterSnapshot) {
    state = State.SYNCING;
    takeover = new Takeover(self, afterSnapshot);
  }

  private void release() {
    while (!held.isEmpty() && connection != NO_CONNECTION) {
      onPacket(held.removeFirst());
    }
  }

  private void onSync(QuorumPacket packet) {
    switch (packet.kind()) {
      case PROPOSAL -> {
        QuorumPacket.Proposal proposal = (QuorumPacket.Proposal) packet;
        takeover.onProposal(new LoggedTxn(proposal.zxid(), proposal.data()));
      }
      case COMMIT -> takeover.onCommit(((QuorumPacket.Commit) packet).zxid(), false);
      case COMMITANDACTIVATE ->
          takeover.onCommit(((QuorumPacket.CommitAndActivate) packet).zxid(), true);
      case INFORM -> {
        QuorumPacket.Inform inform = (QuorumPacket.Inform) packet;
        takeover.onProposal(new LoggedTxn(inform.zxid(), inform.data()));
        takeover.onCommit(inform.zxid(), false);
      }
      case INFORMANDACTIVATE -> {
        QuorumPacket.InformAndActivate inform = (QuorumPacket.InformAndActivate) packet;
        takeover.onProposal(new LoggedTxn(inform.zxid(), inform.data()));
        takeover.onCommit(inform.zxid(), true);
      }
      case NEWLEADER -> onNewLeader((QuorumPacket.NewLeader) packet);
      case UPTODATE -> onUpToDate();
      case PING -> {}
      default -> throw unexpected(packet);
    }
  }

  private void onNewLeader(QuorumPacket.NewLeader packet) {
    if (state != State.SYNCING || packet.zxid() != Zxid.of(epoch, 0)) {
      throw new Breach("sent NEWLEADER " + Zxid.text(packet.zxid()) + " while " + state);
    }
    takeover.onNewLeader(packet.config());
    silenceMaxMs = self.settings.syncMs();
    state = State.TAKING_OVER;
    if (beforeSnapshot != null) {
      self.saveSnapshot(self.history.logged());
    } else {
      takeOver();
    }
  }

  void onSnapshotSaved() {
    beforeSnapshot = null;
    takeOver();
  }

  /** Once the history is on disk, the epoch follows; the other way round it could be claimed. */
  private void takeOver() {
    if (state == State.TAKING_OVER && self.isQuiet()) {
      self.saveCurrentEpoch(epoch);
    }
  }

  void onCurrentEpochSaved() {
    if (state == State.TAKING_OVER) {
      state = State.TAKEN_OVER;
      send(new QuorumPacket.Ack(Zxid.of(epoch, 0)));
    }
  }

  private void onUpToDate() {
    if (state != State.TAKEN_OVER) {
      throw new Breach("sent UPTODATE while this learner was " + state);
    }
    state = State.SERVING;
    takeover.activate();
    self.publish(self.history.logged());
    self.vote = self.vote.inEpoch(epoch);
    zab.serve();
    send(new QuorumPacket.Ack(Zxid.of(epoch, 0)));
    traffic = new LearnerTraffic(self, zab, leader.sid(), observer, connection);
    takeover.logLeftovers();
    takeover = null;
    traffic.checkRole(leader.sid());
  }

  void onDurable(long zxid) {
    if (state == State.TAKING_OVER) {
      takeOver();
    } else if (state == State.SERVING) {
      traffic.onDurable(zxid);
    }
  }

  /** The replica asks the leader for something. */
  void ask(QuorumPacket packet) {
    if (state == State.SERVING) {
      send(packet);
    }
  }

  private void send(QuorumPacket packet) {
    self.peers.send(connection, packet);
  }

  /** The role ends. */
  void end(String why) {
    if (beforeSnapshot != null && state == State.SYNCING) {
      self.history = beforeSnapshot;
      beforeSnapshot = null;
      self.replica.abandonSnapshot();
    }
    state = State.DIALLING;
    held.clear();
    if (connection != NO_CONNECTION) {
      self.peers.close(connection, why);
      connection = NO_CONNECTION;
    }
  }
}
