package io.paddock.replica;

import io.paddock.tree.Applied;
import io.paddock.tree.Asker;
import io.paddock.tree.FailureCount;
import io.paddock.tree.Prep;
import io.paddock.tree.Stamp;
import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.Zab;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes proposals: {@link Prep} turns a request into a transaction on the prospective tree, {@link
 * Zab} has it appended, and whoever appends finds here what was made of it. One thread.
 */
final class Proposer {
  private static final Logger LOG = LoggerFactory.getLogger(Proposer.class);
  private static final int SCRATCH_BYTES_MAX = 64 << 10;

  private final Zab zab;
  private final Prep prep;
  private final Clock clock;

  /** Null alone, where {@link Prep} refuses reconfigurations. */
  private final Membership membership;

  private final boolean reconfigEnabled;
  private final JuteWriter scratch = new JuteWriter(4096);
  private final FailureCount failures = new FailureCount();
  private FeedItem underWay;
  private CoreMeter meter = CoreMeter.NONE;

  Proposer(Zab zab, Prep prep, Clock clock, Membership membership, boolean reconfigEnabled) {
    this.zab = zab;
    this.prep = prep;
    this.clock = clock;
    this.membership = membership;
    this.reconfigEnabled = reconfigEnabled;
  }

  void countIn(CoreMeter newMeter) {
    meter = newMeter;
  }

  /** The proposal that Zab is appending; null when it appends a leader's. */
  FeedItem underWay() {
    return underWay;
  }

  void propose(Tree prospective, Submission submission) {
    meter.preparing();
    if (membership != null && submission.op().code() == OpCode.RECONFIG) {
      reconfigure(prospective, submission);
      return;
    }
    Applied applied =
        prep.prepare(
            prospective,
            asker(submission),
            submission.op(),
            new Stamp(zab.nextZxid(), clock.wallMs()));
    if (applied.cause() != null) {
      tell(submission, applied.cause());
    }
    propose(applied, submission);
  }

  private void tell(Submission submission, RuntimeException failure) {
    long count = failures.toTell(failure);
    if (count > 0) {
      LOG.error(
          "A {} of session 0x{} met a defect and was refused; the {}. time that this one is met",
          submission.op().code(),
          Long.toHexString(submission.sessionId()),
          count,
          failure);
    }
  }

  private void reconfigure(Tree prospective, Submission submission) {
    long zxid = zab.nextZxid();
    Reconfiguration asked =
        Reconfiguration.of(
            (Op.Reconfig) submission.op(), reconfigEnabled, membership, zxid, zab::hasSyncedQuorum);
    if (asked.error() != ErrorCode.OK) {
      sayRefused(submission, asked);
      refuse(prospective, submission, asked.error());
      return;
    }
    propose(
        prep.reconfigure(
            prospective,
            asker(submission),
            asked.config().bytes(),
            new Stamp(zxid, clock.wallMs())),
        submission);
  }

  /**
   * What will become of a reconfiguration that a server alone is asked for, once it is the only
   * member of {@code itself}: OK, or why it will be refused. Nothing is proposed. That it is
   * switched on there is the caller's to know.
   */
  ErrorCode judgeFirst(Tree prospective, Submission submission, EnsembleConfig itself) {
    Op.Reconfig op = (Op.Reconfig) submission.op();
    long zxid = zab.nextZxid();
    Reconfiguration asked =
        op.curConfigId() == -1
            ? Reconfiguration.of(op, true, Membership.ofFirst(itself), zxid, config -> true)
            : new Reconfiguration(
                ErrorCode.BADVERSION,
                null,
                "it starts from a version, which a server alone has none of: leave the version out");
    if (asked.error() != ErrorCode.OK) {
      sayRefused(submission, asked);
      return asked.error();
    }
    return prep.reconfigure(
            prospective, asker(submission), asked.config().bytes(), new Stamp(zxid, clock.wallMs()))
        .result()
        .error();
  }

  private static void sayRefused(Submission submission, Reconfiguration asked) {
    LOG.info(
        "A reconfiguration asked for by session 0x{} is refused: {}",
        Long.toHexString(submission.sessionId()),
        asked.reason());
  }

  /** Refuses a write for a reason that is not in the tree: that takes a transaction, too. */
  void refuse(Tree prospective, Submission submission, ErrorCode error) {
    meter.preparing();
    propose(
        Prep.refuse(
            prospective, asker(submission), error, new Stamp(zab.nextZxid(), clock.wallMs())),
        submission);
  }

  private static Asker asker(Submission submission) {
    return new Asker(submission.sessionId(), submission.cxid(), submission.ids());
  }

  private void propose(Applied applied, Submission submission) {
    meter.prepared(applied, submission);
    scratch.clear(SCRATCH_BYTES_MAX);
    applied.txn().write(scratch);
    underWay = FeedItem.committed(applied, submission, scratch.size());
    zab.propose(applied.zxid(), scratch.array(), 0, scratch.size());
    underWay = null;
    meter.proposed();
  }
}
