package io.paddock.metrics;

import io.paddock.replica.CoreMeter;
import io.paddock.replica.FeedItem;
import io.paddock.replica.Submission;
import io.paddock.tree.Applied;
import io.paddock.tree.TxnBody;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.Role;

/** The figures of the core's thread, and what it notes of the connections to learners. */
public final class CoreMetrics implements CoreMeter {
  private final ServerMetrics owner;
  private final ThreadMetrics figures;
  private long preparingNanos;
  private long preparedNanos;

  public CoreMetrics(ServerMetrics owner) {
    this.owner = owner;
    this.figures = owner.newThread();
  }

  /** A request comes straight from the loop that the core shares. */
  public void submitted() {
    figures.add(HotCounter.PREP_PROCESSOR_REQUEST_QUEUED, 1);
    figures.record(HotSummary.PREP_PROCESSOR_QUEUE_SIZE, 0);
    figures.record(HotSummary.PREP_PROCESSOR_QUEUE_TIME_MS, 0);
  }

  /** So many requests have come by the inbox, the oldest of which has waited so long there. */
  public void drained(int requests, long nanos) {
    if (requests > 0) {
      figures.add(HotCounter.PREP_PROCESSOR_REQUEST_QUEUED, requests);
      figures.record(HotSummary.PREP_PROCESSOR_QUEUE_SIZE, requests);
      figures.record(HotSummary.PREP_PROCESSOR_QUEUE_TIME_MS, nanos);
    }
  }

  @Override
  public void preparing() {
    preparingNanos = System.nanoTime();
  }

  @Override
  public void prepared(Applied applied, Submission submission) {
    preparedNanos = System.nanoTime();
    long nanos = preparedNanos - preparingNanos;
    figures.record(HotSummary.PREP_PROCESS_TIME, nanos);
    if (applied.txn().header().type() == OpCode.CLOSE_SESSION.code()) {
      figures.record(HotSummary.CLOSE_SESSION_PREP_TIME, nanos);
    }
    if (applied.result().error() == ErrorCode.QUOTAEXCEEDED) {
      countQuotaExceeded(submission.op());
    }
    figures.add(HotCounter.OUTSTANDING_CHANGES_QUEUED, 1);
  }

  /** A multi is counted for the first of its znodes. */
  private void countQuotaExceeded(Op op) {
    if (op instanceof Op.Multi multi) {
      multi.ops().stream().findFirst().ifPresent(this::countQuotaExceeded);
    } else if (op instanceof Op.Create create) {
      owner.quotaExceeded(create.path());
    } else if (op instanceof Op.SetData set) {
      owner.quotaExceeded(set.path());
    }
  }

  @Override
  public void proposed() {
    figures.record(HotSummary.PROPOSAL_PROCESS_TIME, System.nanoTime() - preparedNanos);
  }

  @Override
  public void received(long ageMs) {
    recordAge(HotSummary.PROPOSAL_LATENCY, ageMs);
  }

  @Override
  public void committed(FeedItem item, long ageMs, Role part) {
    figures.add(HotCounter.REQUEST_COMMIT_QUEUED, 1);
    recordAge(HotSummary.PROPAGATION_LATENCY, ageMs);
    if (part == Role.LEADING) {
      recordAge(HotSummary.QUORUM_ACK_LATENCY, ageMs);
    } else if (part != null) {
      recordAge(HotSummary.COMMIT_PROPAGATION_LATENCY, ageMs);
    }
    if (part == null || part == Role.LEADING) {
      figures.add(HotCounter.OUTSTANDING_CHANGES_REMOVED, 1);
    }
    if (!item.applied().changes().isEmpty()) {
      // Else it was refused: a multi's record names also those of its operations that were not.
      wrote(item.applied().txn().body());
    }
  }

  /** Of two clocks one may be ahead: what has come before it was made tells nothing. */
  private void recordAge(HotSummary summary, long ageMs) {
    if (ageMs >= 0) {
      figures.record(summary, ageMs);
    }
  }

  private void wrote(TxnBody body) {
    if (body instanceof TxnBody.SetData set) {
      wrote(set.path(), set.data());
    } else if (body instanceof TxnBody.Create create) {
      wrote(create.path(), create.data());
    } else if (body instanceof TxnBody.Delete delete) {
      wrote(delete.path(), null);
    } else if (body instanceof TxnBody.CreateContainer create) {
      wrote(create.path(), create.data());
    } else if (body instanceof TxnBody.CreateTtl create) {
      wrote(create.path(), create.data());
    } else if (body instanceof TxnBody.CloseSession close && close.paths() != null) {
      close.paths().forEach(path -> wrote(path, null));
    } else if (body instanceof TxnBody.Multi multi) {
      multi.parts().forEach(part -> wrote(part.body()));
    }
  }

  private void wrote(String path, byte[] data) {
    figures
        .keyed(KeyedSummary.WRITE_PER_NAMESPACE)
        .recordForPath(path, path.length() + (data == null ? 0 : data.length));
  }

  @Override
  public void forwarded(int waiting) {
    figures.record(HotSummary.LEARNER_REQUEST_PROCESSOR_QUEUE_SIZE, waiting);
  }

  @Override
  public void acknowledged(long sid, long ageMs) {
    if (ageMs >= 0) {
      figures.keyed(KeyedSummary.ACK_LATENCY).record(Long.toString(sid), ageMs);
    }
  }

  @Override
  public void took(Stretch stretch, long ms) {
    owner.record(
        switch (stretch) {
          case ELECTION -> EventSummary.ELECTION_TIME;
          case FOLLOWER_SYNC -> EventSummary.FOLLOWER_SYNC_TIME;
          case OBSERVER_SYNC -> EventSummary.OBSERVER_SYNC_TIME;
          case UNAVAILABLE -> EventSummary.UNAVAILABLE_TIME;
          case LEADER_UNAVAILABLE -> EventSummary.LEADER_UNAVAILABLE_TIME;
        },
        ms);
  }

  @Override
  public void syncBegins(boolean snapshot, int underWay) {
    owner.record(
        snapshot ? EventSummary.INFLIGHT_SNAP_COUNT : EventSummary.INFLIGHT_DIFF_COUNT, underWay);
  }

  /** A burst of so many packets goes out to a learner. */
  public void packetsGoTo(long sid, int packets) {
    figures.keyed(KeyedSummary.LEARNER_HANDLER_QP_SIZE).record(Long.toString(sid), packets);
  }

  /** What was handed over for a learner so long ago has left. */
  public void packetsLeftFor(long sid, long nanos) {
    figures.keyed(KeyedSummary.LEARNER_HANDLER_QP_TIME_MS).record(Long.toString(sid), nanos);
  }

  /** A connection to a leader or a learner was closed, which took so long. */
  public void peerClosed(long nanos) {
    owner.record(EventSummary.SOCKET_CLOSING_TIME, nanos / 1_000_000);
  }
}
