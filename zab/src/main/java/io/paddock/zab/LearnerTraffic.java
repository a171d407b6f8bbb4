package io.paddock.zab;

/**
 * The broadcast at a follower or an observer (quorum sheet, section 4.2). A follower logs what is
 * proposed, acknowledges what is durable and publishes what is committed; an observer learns only
 * of what is committed, and acknowledges nothing.
 */
final class LearnerTraffic {
  private final MemberState self;
  private final Zab zab;
  private final long leader;
  private final boolean observer;
  private final long connection;

  /** The index in the history of the first transaction that is to be acknowledged. */
  private long ackIndex;

  LearnerTraffic(MemberState self, Zab zab, long leader, boolean observer, long connection) {
    this.self = self;
    this.zab = zab;
    this.leader = leader;
    this.observer = observer;
    this.connection = connection;
    this.ackIndex = self.history.endIndex();
  }

  void onPacket(QuorumPacket packet) {
    switch (packet.kind()) {
      case PROPOSAL -> {
        QuorumPacket.Proposal proposal = (QuorumPacket.Proposal) packet;
        if (!observer) {
          log(new LoggedTxn(proposal.zxid(), proposal.data()));
        }
      }
      case COMMIT -> {
        if (!observer) {
          commit(((QuorumPacket.Commit) packet).zxid());
        }
      }
      case INFORM -> {
        QuorumPacket.Inform inform = (QuorumPacket.Inform) packet;
        log(new LoggedTxn(inform.zxid(), inform.data()));
        commit(inform.zxid());
      }
      case COMMITANDACTIVATE -> {
        QuorumPacket.CommitAndActivate commit = (QuorumPacket.CommitAndActivate) packet;
        activate(commit.zxid(), commit.designatedLeader());
      }
      case INFORMANDACTIVATE -> {
        QuorumPacket.InformAndActivate inform = (QuorumPacket.InformAndActivate) packet;
        log(new LoggedTxn(inform.zxid(), inform.data()));
        activate(inform.zxid(), inform.designatedLeader());
      }
      case PING ->
          send(new QuorumPacket.Ping(((QuorumPacket.Ping) packet).zxid(), self.replica.touches()));
      case REVALIDATED, SYNC -> self.replica.deliver(connection, packet);
      case UPTODATE -> self.replica.note("a second UPTODATE was ignored");
      default -> throw new Breach("sent " + packet.kind() + " to a learner that serves");
    }
  }

  private void log(LoggedTxn txn) {
    Takeover.checkNext(self.history.logged(), txn.zxid());
    EnsembleConfig config = ReconfigTxn.config(txn.bytes());
    if (config != null) {
      self.see(config);
    }
    self.append(txn);
  }

  private void commit(long zxid) {
    checkHead(zxid);
    self.publish(zxid);
  }

  /** A COMMIT decides the oldest proposal that is not decided, or there has been a loss. */
  private void checkHead(long zxid) {
    long head = self.history.indexAfter(self.history.published());
    if (head == self.history.endIndex() || self.history.at(head).zxid() != zxid) {
      throw new Breach(
          "committed "
              + Zxid.text(zxid)
              + ", but after "
              + Zxid.text(self.history.published())
              + " comes "
              + (head == self.history.endIndex()
                  ? "nothing"
                  : Zxid.text(self.history.at(head).zxid())));
    }
  }

  private void activate(long zxid, long designatedLeader) {
    checkHead(zxid);
    EnsembleConfig config =
        ReconfigTxn.config(
            self.history.at(self.history.indexAfter(self.history.published())).bytes());
    if (config == null) {
      throw new Breach("activated " + Zxid.text(zxid) + ", which is no reconfiguration");
    }
    self.activate(config);
    self.publish(zxid);
    checkRole(designatedLeader);
  }

  /** A configuration in force may have changed the leader, or what this server is. */
  void checkRole(long designatedLeader) {
    if (designatedLeader != leader || observer != self.isObserver()) {
      zab.reassign(designatedLeader);
    }
  }

  /** What has come onto the disk is acknowledged, one by one and in order. */
  void onDurable(long zxid) {
    if (observer) {
      return;
    }
    History history = self.history;
    while (ackIndex < history.endIndex() && history.at(ackIndex).zxid() <= zxid) {
      send(new QuorumPacket.Ack(history.at(ackIndex).zxid()));
      ackIndex++;
    }
  }

  private void send(QuorumPacket packet) {
    self.peers.send(connection, packet);
  }
}
