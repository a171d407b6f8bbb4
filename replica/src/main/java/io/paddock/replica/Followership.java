package io.paddock.replica;

import io.paddock.tree.Applied;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Zab;
import io.paddock.zab.ZabInput;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The learner's side of a member: forwards what its clients ask for, and finds their answers among
 * what the leader commits (quorum sheet, sections 4.4 to 4.6). One thread.
 */
final class Followership {
  private static final Logger LOG = LoggerFactory.getLogger(Followership.class);
  private static final int SESSION_BYTES = 12;

  private final Zab zab;
  private final ReplicaLog log;
  private final Forwards forwards = new Forwards();
  private final ArrayDeque<Submission> renewals = new ArrayDeque<>();
  private Map<Long, Integer> touched = new HashMap<>();
  private CoreMeter meter = CoreMeter.NONE;
  private boolean held;

  Followership(Zab zab, ReplicaLog log) {
    this.zab = zab;
    this.log = log;
  }

  void countIn(CoreMeter newMeter) {
    meter = newMeter;
  }

  /** The role has changed: nothing that was forwarded will be answered here. */
  void reset() {
    held = false;
    forwards.clear();
    renewals.clear();
    touched = new HashMap<>();
  }

  /**
   * The leader is lost, and clients wait for the next: what stands in its history is still their
   * answer.
   *
   * @param proposed what this server, as leader, had proposed for its own clients, in order
   */
  void hold(List<Submission> proposed) {
    renewals.clear();
    proposed.forEach(each -> forwards.add(each, null));
    held = true;
  }

  /** Requests that the leader has not answered. */
  int outstanding() {
    return forwards.size();
  }

  void submit(Submission submission) {
    if (submission.kind() == Submission.Kind.RENEW) {
      renew(submission);
    } else if (submission.op() instanceof Op.Malformed) {
      // It could not be written down for the leader, whom a damaged one might stop for good.
      answerInTurn(submission, ErrorCode.MARSHALLINGERROR);
    } else {
      forwards.add(submission, null);
      zab.on(new ZabInput.Ask(RequestCodec.write(submission)));
      meter.forwarded(forwards.size());
    }
  }

  /** Answers without the leader, behind everything that was forwarded before. */
  void answerInTurn(Submission submission, ErrorCode error) {
    forwards.add(submission, error);
    answerKnown();
  }

  private void renew(Submission submission) {
    if (submission.passwdValid()) {
      renewals.addLast(submission);
      zab.on(
          new ZabInput.Ask(
              new QuorumPacket.Revalidate(submission.sessionId(), submission.timeoutMs())));
    } else {
      answer(submission, ErrorCode.SESSIONEXPIRED);
    }
  }

  /** Publishes a transaction, as an answer if one of this server's clients asked for it. */
  void publish(FeedItem item) {
    Applied applied = item.applied();
    if (held) {
      publishHeld(item);
      return;
    }
    Submission ours = forwards.takeIfOldest(applied.txn().header());
    log.publish(ours == null ? item : item.answering(ours));
    answerKnown();
  }

  private void publishHeld(FeedItem item) {
    FeedItem published = item;
    for (Forwards.Forward each : forwards.takeUpTo(item.applied().txn().header())) {
      Submission asked = each.submission();
      if (each.known() != null) {
        answer(asked, each.known());
      } else if (asked.kind() == Submission.Kind.SYNC) {
        answer(asked, ErrorCode.OK);
      } else {
        published = item.answering(asked);
      }
    }
    log.publish(published);
  }

  private void answerKnown() {
    for (Forwards.Forward next = forwards.takeKnown(); next != null; next = forwards.takeKnown()) {
      answer(next.submission(), next.known());
    }
  }

  private void answer(Submission submission, ErrorCode error) {
    log.publish(FeedItem.answer(log.last().tree(), submission, error));
  }

  /** The leader's word on a session. */
  void revalidated(QuorumPacket.Revalidated word) {
    long sessionId = word.sessionId();
    Submission oldest = renewals.peekFirst();
    if (oldest == null || oldest.sessionId() != sessionId) {
      LOG.warn(
          "The leader answers for session 0x{}, which nobody asked", Long.toHexString(sessionId));
      return;
    }
    renewals.removeFirst();
    answer(oldest, word.valid() ? ErrorCode.OK : ErrorCode.SESSIONEXPIRED);
  }

  /** The leader has answered a sync. */
  void synced() {
    Submission sync = forwards.takeSync();
    if (sync == null) {
      LOG.warn("The leader answers a sync that nobody asked for");
      return;
    }
    answer(sync, ErrorCode.OK);
    answerKnown();
  }

  void touch(long sessionId, int timeoutMs) {
    touched.put(sessionId, timeoutMs);
  }

  /** The sessions heard since the last call: pairs of long id, int timeout. */
  byte[] touches() {
    JuteWriter out = new JuteWriter(SESSION_BYTES * touched.size() + 1);
    touched.forEach(
        (id, timeoutMs) -> {
          out.writeLong(id);
          out.writeInt(timeoutMs);
        });
    touched.clear();
    return out.toByteArray();
  }
}
