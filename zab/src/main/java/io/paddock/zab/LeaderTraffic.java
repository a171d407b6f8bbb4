package io.paddock.zab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The broadcast of a leader (quorum sheet, sections 4.1, 4.5 and 6.3): proposals go to its log and
 * to every registered follower, acknowledgements come back, what a quorum has is committed in order
 * and told to all. Registering a learner, proposing and committing happen on one thread, so no
 * learner misses a proposal or gets it twice.
 */
final class LeaderTraffic {
  private final MemberState self;
  private final long epochMark;
  private final SyncQueue syncs;

  /** Reconfigurations proposed and not committed; there is at most one. */
  private long reconfigZxid;

  private Tally tally;
  private List<LearnerLink> followers = List.of();
  private List<LearnerLink> observers = List.of();
  private long lastProposed;
  private long lastCommitted;

  /** The last transaction of the history when the epoch began. */
  private final long inherited;

  /** Somebody else is to lead by the new configuration: this leader commits nothing any more. */
  private boolean handsOver;

  LeaderTraffic(MemberState self, long epoch) {
    this.self = self;
    this.epochMark = Zxid.of(epoch, 0);
    this.inherited = self.history.logged();
    this.lastProposed = epochMark;
    this.lastCommitted = inherited;
    this.tally = new Tally(self.committed().quorum());
    this.syncs = new SyncQueue(self);
  }

  /** The history is taken over by a quorum: what it has is committed. */
  void open() {
    tally = new Tally(self.committed().quorum());
    lastCommitted = epochMark;
    self.publish(inherited);
  }

  /**
   * A server alone leads from the start, in the epoch of its log and with the zxid after its last:
   * all that it has is committed.
   */
  static LeaderTraffic alone(MemberState self) {
    LeaderTraffic traffic = new LeaderTraffic(self, self.currentEpoch());
    traffic.lastProposed = traffic.inherited;
    self.publish(traffic.inherited);
    return traffic;
  }

  /** Alone, what the disk has dropped reached nobody: its zxids are used again. */
  void takeBackLost() {
    lastProposed = self.history.logged();
  }

  long lastProposed() {
    return lastProposed;
  }

  long lastCommitted() {
    return lastCommitted;
  }

  boolean canPropose() {
    return self.alone || !handsOver && Zxid.counter(lastProposed) < self.settings.counterMax();
  }

  /** Whether the leader is established. */
  boolean isOpen() {
    return lastCommitted >= epochMark;
  }

  /** Whether everything that could be done in this epoch is done. */
  boolean isExhausted() {
    return handsOver
        || !self.alone
            && Zxid.counter(lastProposed) >= self.settings.counterMax()
            && lastCommitted == lastProposed;
  }

  /** The last committed transaction, of whatever epoch. */
  long lastTxn() {
    return lastCommitted == epochMark ? inherited : lastCommitted;
  }

  /**
   * From now on a learner gets what is proposed and decided. It was brought to what is committed,
   * perhaps by a TRUNC of proposals that it had acknowledged: its word on those counts no more.
   */
  void register(LearnerLink link) {
    tally.takeBack(link.sid, lastCommitted);
    List<LearnerLink> links = new ArrayList<>(link.follower ? followers : observers);
    links.add(link);
    if (link.follower) {
      followers = links;
    } else {
      observers = links;
    }
  }

  void unregister(LearnerLink link) {
    followers = followers.stream().filter(l -> l != link).toList();
    observers = observers.stream().filter(l -> l != link).toList();
    syncs.drop(link.connection);
  }

  void propose(long zxid, byte[] bytes, int from, int length) {
    if (!canPropose() || zxid != lastProposed + 1) {
      throw new IllegalStateException(
          "proposal " + Zxid.text(zxid) + " after " + Zxid.text(lastProposed));
    }
    if (self.alone) {
      lastProposed = zxid;
      self.append(zxid, bytes, from, length);
      return;
    }
    LoggedTxn txn = new LoggedTxn(zxid, Arrays.copyOfRange(bytes, from, from + length));
    EnsembleConfig config = ReconfigTxn.config(txn.bytes());
    if (config != null) {
      expect(config, zxid);
    }
    lastProposed = zxid;
    self.append(txn);
    if (!followers.isEmpty()) {
      QuorumPacket.Proposal proposal = new QuorumPacket.Proposal(zxid, txn.bytes());
      for (LearnerLink link : followers) {
        self.peers.send(link.connection, proposal);
      }
    }
  }

  private void expect(EnsembleConfig config, long zxid) {
    if (tally.isReconfiguring()) {
      throw new IllegalStateException("a reconfiguration while another one is under way");
    }
    reconfigZxid = zxid;
    self.see(config);
    if (self.isReconfiguring()) {
      tally.expect(config.quorum(), zxid);
    }
  }

  /** This server's log has everything up to {@code zxid} on disk: its own vote. */
  void onDurable(long zxid) {
    tally.ack(self.id, zxid);
    commitDecided();
  }

  /** What a learner sends that is served. */
  void onPacket(LearnerLink link, QuorumPacket packet) {
    switch (packet.kind()) {
      case ACK -> onAck(link, ((QuorumPacket.Ack) packet).zxid());
      case PING -> {
        link.answeredPing();
        confirmBy(link);
        byte[] sessions = ((QuorumPacket.Ping) packet).sessions();
        if (sessions != null && sessions.length > 0) {
          self.replica.deliver(link.connection, packet);
        }
      }
      case REQUEST, REVALIDATE -> self.replica.deliver(link.connection, packet);
      default -> throw new Breach("sent " + packet.kind() + " while it was served");
    }
  }

  /** A follower has acknowledged a proposal; a counter of 0 is its second word on NEWLEADER. */
  private void onAck(LearnerLink link, long zxid) {
    if (Zxid.counter(zxid) == 0) {
      return;
    }
    if (zxid > lastProposed) {
      throw new Breach("acknowledged " + Zxid.text(zxid) + ", which was never proposed");
    }
    link.acked = Math.max(link.acked, zxid);
    tally.ack(link.sid, zxid);
    commitDecided();
  }

  private void commitDecided() {
    long decided = Math.min(tally.decided(), lastProposed);
    while (lastCommitted < decided && !handsOver) {
      // A reconfiguration is committed alone: what comes after it goes by its quorum.
      boolean reaches = reconfigZxid > lastCommitted && decided >= reconfigZxid;
      long upTo = reaches ? reconfigZxid - 1 : decided;
      if (upTo > lastCommitted) {
        commit(upTo);
      }
      if (reaches) {
        commitReconfig();
        decided = Math.min(tally.decided(), lastProposed);
      }
    }
  }

  private void commit(long upTo) {
    if (followers.isEmpty() && observers.isEmpty() && syncs.isEmpty()) {
      lastCommitted = upTo;
      self.publish(upTo);
      return;
    }
    History history = self.history;
    for (long i = history.indexAfter(lastCommitted);
        i < history.endIndex() && history.at(i).zxid() <= upTo;
        i++) {
      LoggedTxn txn = history.at(i);
      syncs.releaseBefore(txn.zxid());
      tell(
          followers.isEmpty() ? null : new QuorumPacket.Commit(txn.zxid()),
          observers.isEmpty() ? null : new QuorumPacket.Inform(txn.zxid(), txn.bytes()));
      lastCommitted = txn.zxid();
      syncs.release(lastCommitted);
    }
    self.publish(lastCommitted);
  }

  private void tell(QuorumPacket toFollowers, QuorumPacket toObservers) {
    for (LearnerLink link : followers) {
      self.peers.send(link.connection, toFollowers);
    }
    for (LearnerLink link : observers) {
      self.peers.send(link.connection, toObservers);
    }
  }

  private void commitReconfig() {
    long zxid = reconfigZxid;
    LoggedTxn txn = self.history.at(self.history.indexAfter(zxid - 1));
    EnsembleConfig config = ReconfigTxn.config(txn.bytes());
    long designated = designate(config, zxid);
    syncs.releaseBefore(zxid);
    tell(
        new QuorumPacket.CommitAndActivate(zxid, designated),
        new QuorumPacket.InformAndActivate(zxid, designated, txn.bytes()));
    lastCommitted = zxid;
    if (tally.isReconfiguring()) {
      tally.activate();
    }
    self.activate(config);
    judgeRound();
    self.publish(zxid);
    if (designated != self.id) {
      handsOver = true;
      self.replica.note("server " + designated + " is to lead by the new configuration");
    }
  }

  /** This leader, if it stays where it is; else the voter to come that has acknowledged most. */
  private long designate(EnsembleConfig config, long zxid) {
    EnsembleServer before = self.committed().server(self.id);
    EnsembleServer after = config.server(self.id);
    boolean stays = config.isVoter(self.id) && (before == null || before.sameAddresses(after));
    if (stays || !self.settings.reconfigEnabled()) {
      return self.id;
    }
    LearnerLink best = null;
    for (LearnerLink link : followers) {
      if (config.isVoter(link.sid)
          && link.acked >= zxid
          && (best == null || link.acked > best.acked)) {
        best = link;
      }
    }
    return best == null ? self.id : best.sid;
  }

  /** The syncs that wait. */
  SyncQueue syncs() {
    return syncs;
  }

  /** A sync is answered behind everything proposed so far. */
  void sync(long connection) {
    boolean decidesAlone = self.isReached(sid -> sid == self.id);
    syncs.add(connection, lastProposed, decidesAlone);
    syncs.release(lastCommitted);
  }

  /** Asks all who vote whether they still follow. */
  void confirm() {
    syncs.beginRound();
    for (LearnerLink link : followers) {
      confirmBy(link);
    }
  }

  /** A learner is free to be asked in the round under way, or has answered; if there is a round. */
  void confirmBy(LearnerLink link) {
    if (!syncs.isRoundUnderWay() || link.state != LearnerLink.State.SERVED || link.isAsked()) {
      return;
    }
    if (link.hasConfirmed(syncs.round())) {
      judgeRound();
    } else if (self.isAnyVoter(link.sid)) {
      link.pingedFor(syncs.round());
      self.peers.send(link.connection, new QuorumPacket.Ping(lastProposed, null));
    }
  }

  private void judgeRound() {
    if (syncs.isRoundUnderWay() && self.isReached(sid -> sid == self.id || hasConfirmed(sid))) {
      syncs.endRound();
    }
    syncs.release(lastCommitted);
  }

  private boolean hasConfirmed(long sid) {
    for (LearnerLink link : followers) {
      if (link.sid == sid && link.hasConfirmed(syncs.round())) {
        return true;
      }
    }
    return false;
  }
}
