package io.paddock.zab;

import java.util.ArrayDeque;

/**
 * The leader's history on its way into a learner's (quorum sheet, section 3.4): what was proposed
 * and not committed yet, what was committed and may be logged.
 *
 * <p>Committed before NEWLEADER: logged at once (or staged, after SNAP), and durable before
 * NEWLEADER is acknowledged; not acknowledged one by one. Everything else is logged behind UPTODATE
 * and acknowledged as it becomes durable: the leader counts on that.
 */
final class Takeover {
  private final MemberState self;
  private final boolean staging;

  /** Proposed, not logged. */
  private final ArrayDeque<LoggedTxn> pending = new ArrayDeque<>();

  /** Proposed, committed after NEWLEADER, not logged. */
  private final ArrayDeque<LoggedTxn> late = new ArrayDeque<>();

  private long lastQueued;
  private boolean anyQueued;
  private boolean newLeaderSeen;
  private EnsembleConfig newConfig;

  /**
   * @param staging whether a snapshot was installed that will be saved at NEWLEADER with what
   *     follows it
   */
  Takeover(MemberState self, boolean staging) {
    this.self = self;
    this.staging = staging;
    this.lastQueued = self.history.logged();
  }

  /** Zxids have no holes within an epoch: an Apache server would not start on such a log. */
  static void checkNext(long last, long zxid) {
    if (zxid <= last || Zxid.epoch(zxid) == Zxid.epoch(last) && zxid != last + 1) {
      throw new Breach("proposed " + Zxid.text(zxid) + " after " + Zxid.text(last));
    }
  }

  void onProposal(LoggedTxn txn) {
    // Behind a snapshot the first ones may be in it already.
    if (anyQueued || !staging) {
      checkNext(lastQueued, txn.zxid());
    }
    anyQueued = true;
    lastQueued = txn.zxid();
    EnsembleConfig config = ReconfigTxn.config(txn.bytes());
    if (config != null) {
      self.see(config);
    }
    pending.addLast(txn);
  }

  void onCommit(long zxid, boolean activates) {
    LoggedTxn head = pending.pollFirst();
    if (head == null || head.zxid() != zxid) {
      throw new Breach(
          "committed "
              + Zxid.text(zxid)
              + " while "
              + (head == null ? "nothing" : Zxid.text(head.zxid()))
              + " was next");
    }
    if (newLeaderSeen) {
      late.addLast(head);
      return;
    }
    if (zxid <= self.history.logged()) {
      return;
    }
    if (activates) {
      activate(head);
    }
    if (staging) {
      self.stage(head);
    } else {
      self.append(head);
    }
    self.history.settle(zxid);
  }

  private void activate(LoggedTxn txn) {
    EnsembleConfig config = ReconfigTxn.config(txn.bytes());
    if (config != null) {
      self.activate(config);
    }
  }

  void onNewLeader(String config) {
    newLeaderSeen = true;
    if (config != null && !config.isEmpty() && self.settings.reconfigEnabled()) {
      newConfig = EnsembleConfig.parse(config);
      self.see(newConfig);
    }
  }

  /**
   * The leader's configuration comes into force with its history; but not one that is only
   * proposed, which Apache's leaders tell too. What this server had seen proposed and the leader
   * does not know of was lost.
   */
  void activate() {
    if (newConfig == null) {
      return;
    }
    EnsembleConfig proposed = null;
    for (LoggedTxn txn : pending) {
      EnsembleConfig config = ReconfigTxn.config(txn.bytes());
      proposed = config == null ? proposed : config;
    }
    if (proposed == null || proposed.version() != newConfig.version()) {
      self.activate(newConfig);
    }
    self.expectOnly(proposed);
  }

  /** Logs what was not committed in time, and publishes what has been since. */
  void logLeftovers() {
    for (LoggedTxn txn : late) {
      self.append(txn);
      activate(txn);
      self.publish(txn.zxid());
    }
    pending.forEach(self::append);
  }
}
