package io.paddock.zab;

/**
 * Brings one learner to the leader's history and into the live traffic (quorum sheet, sections 3.5,
 * step H6, and 3.6). What is sent, in this order:
 *
 * <pre>
 * DIFF | TRUNC | SNAP and stream
 * (PROPOSAL COMMIT)*    committed, after the point where the learner stands
 * PROPOSAL*             not committed yet; followers only
 * NEWLEADER             and from here on whatever happens
 * </pre>
 */
final class LeaderSync {
  private final MemberState self;
  private final LeaderTraffic traffic;
  private final long epochMark;

  LeaderSync(MemberState self, LeaderTraffic traffic, long epoch) {
    this.self = self;
    this.traffic = traffic;
    this.epochMark = Zxid.of(epoch, 0);
  }

  /** Starts with what memory can tell; may have to ask the disk. */
  void start(LearnerLink link) {
    SyncPlan plan =
        SyncPlan.choose(link.lastLogged, traffic.lastCommitted(), traffic.lastTxn(), self.history);
    if (plan.kind() == SyncPlan.Kind.ASK) {
      link.state = LearnerLink.State.LOCATING;
      self.disk.findInLog(link.connection, link.lastLogged);
      return;
    }
    send(link, plan);
  }

  /** The disk has answered. */
  void found(LearnerLink link, LogPlace place) {
    send(link, SyncPlan.choose(link.lastLogged, traffic.lastCommitted(), place));
  }

  private void send(LearnerLink link, SyncPlan plan) {
    long at = link.connection;
    self.replica.note(link + " at " + Zxid.text(link.lastLogged) + " gets " + plan.kind());
    switch (plan.kind()) {
      case DIFF -> {
        self.replica.sendsDiff(at);
        self.peers.send(at, new QuorumPacket.Diff(plan.zxid()));
      }
      case TRUNC -> self.peers.send(at, new QuorumPacket.Trunc(plan.zxid()));
      case SNAP ->
          self.replica.sendSnapshot(
              at, traffic.lastTxn(), Math.max(traffic.lastCommitted(), epochMark));
      case ASK -> throw new IllegalStateException("nothing was chosen");
    }
    if (plan.kind() != SyncPlan.Kind.SNAP) {
      sendCommitted(at, plan.after());
    }
    if (link.follower) {
      sendOutstanding(at);
    }
    self.peers.send(at, new QuorumPacket.NewLeader(epochMark, config()));
    link.state = LearnerLink.State.TAKING_OVER;
    link.acked = Math.max(traffic.lastCommitted(), epochMark);
    traffic.register(link);
  }

  /**
   * What is in force once the learner serves: until this leader is established, the configuration
   * last seen; afterwards one that is only proposed goes with its proposal.
   */
  private String config() {
    return (traffic.isOpen() ? self.committed() : self.lastSeen()).text();
  }

  private void sendCommitted(long at, long after) {
    History history = self.history;
    long last = traffic.lastTxn();
    long from = after;
    if (!history.isEmpty() && history.at(history.firstIndex()).zxid() > after) {
      long first = history.at(history.firstIndex()).zxid();
      if (!isNext(after, first)) {
        self.peers.sendLog(at, after, first - 1);
      }
      from = first - 1;
    } else if (history.isEmpty() && after < last) {
      self.peers.sendLog(at, after, last);
      return;
    }
    for (long i = history.indexAfter(from);
        i < history.endIndex() && history.at(i).zxid() <= last;
        i++) {
      LoggedTxn txn = history.at(i);
      self.peers.send(at, new QuorumPacket.Proposal(txn.zxid(), txn.bytes()));
      self.peers.send(at, new QuorumPacket.Commit(txn.zxid()));
    }
  }

  /** Whether nothing can be between the two. */
  private static boolean isNext(long after, long first) {
    return first == after + 1;
  }

  private void sendOutstanding(long at) {
    History history = self.history;
    for (long i = history.indexAfter(traffic.lastTxn()); i < history.endIndex(); i++) {
      LoggedTxn txn = history.at(i);
      self.peers.send(at, new QuorumPacket.Proposal(txn.zxid(), txn.bytes()));
    }
  }
}
