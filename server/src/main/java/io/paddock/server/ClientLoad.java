package io.paddock.server;

import io.paddock.config.MemoryShares;
import io.paddock.machine.JournalThread;
import java.util.List;

/**
 * What makes clients wait: the core, the journal, the feed or the audit log is behind. Any thread.
 */
final class ClientLoad implements ClientLoop.Load {
  private final CoreLoop core;
  private final JournalThread journalThread;
  private final MemoryShares shares;
  private final int outstandingMax;

  private final List<ClientLoop> loops;

  /** Null where there is no audit log. */
  private final ServerAudit audit;

  ClientLoad(
      CoreLoop core,
      JournalThread journalThread,
      MemoryShares shares,
      int outstandingMax,
      List<ClientLoop> loops,
      ServerAudit audit) {
    this.core = core;
    this.journalThread = journalThread;
    this.shares = shares;
    this.outstandingMax = outstandingMax;
    this.loops = loops;
    this.audit = audit;
  }

  @Override
  public boolean coreBusy(int held) {
    return core.outstanding() + held >= outstandingMax
        || core.feedLagBytes() > shares.feedBytesMax() / 2
        || audit != null && audit.isBehind();
  }

  @Override
  public long largeBytes() {
    long bytes = 0;
    for (int i = 0; i < loops.size(); i++) {
      bytes += loops.get(i).view().largeBytes();
    }
    return bytes;
  }

  @Override
  public boolean diskBehind() {
    return journalThread.backlogBytes() > shares.journalBytesMax();
  }

  @Override
  public long feedBytes() {
    return core.feedBytes();
  }
}
