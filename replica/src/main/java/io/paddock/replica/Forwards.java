package io.paddock.replica;

import io.paddock.tree.TxnHeader;
import io.paddock.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What a learner has forwarded to its leader and not heard of, in order. The leader answers each
 * write by exactly one transaction and each sync by one packet, in the order of the requests, so
 * only the oldest is ever compared (quorum sheet, sections 4.4 and 4.5). One thread.
 */
final class Forwards {
  /**
   * @param known an outcome that needs no leader, waiting for its turn; null for what was forwarded
   */
  record Forward(Submission submission, ErrorCode known) {}

  private final ArrayDeque<Forward> queue = new ArrayDeque<>();

  int size() {
    return queue.size();
  }

  void add(Submission submission, ErrorCode known) {
    queue.addLast(new Forward(submission, known));
  }

  /** Takes the oldest if this is its transaction; null when somebody else's client asked for it. */
  Submission takeIfOldest(TxnHeader header) {
    Forward oldest = queue.peekFirst();
    if (oldest == null
        || oldest.submission.kind() != Submission.Kind.WRITE
        || oldest.known != null
        || oldest.submission.sessionId() != header.sessionId()
        || oldest.submission.cxid() != header.cxid()) {
      return null;
    }
    return queue.removeFirst().submission;
  }

  /**
   * Between two leaders: takes the oldest write if this is its transaction, with the syncs and
   * known outcomes before it. Those come to the transaction's place in the order, too: it was
   * proposed after they were asked, and what stands in the next leader's history was proposed
   * before that leader has committed anything.
   *
   * @return the write last; empty when somebody else's client asked for it
   */
  List<Forward> takeUpTo(TxnHeader header) {
    int count = 0;
    for (Forward next : queue) {
      count++;
      if (next.known == null && next.submission.kind() == Submission.Kind.WRITE) {
        if (next.submission.sessionId() != header.sessionId()
            || next.submission.cxid() != header.cxid()) {
          return List.of();
        }
        List<Forward> taken = new ArrayList<>();
        while (taken.size() < count) {
          taken.add(queue.removeFirst());
        }
        return taken;
      }
    }
    return List.of();
  }

  /** Takes the oldest sync; null when there is none. */
  Submission takeSync() {
    Forward oldest = queue.peekFirst();
    boolean sync =
        oldest != null && oldest.known == null && oldest.submission.kind() == Submission.Kind.SYNC;
    return sync ? queue.removeFirst().submission : null;
  }

  /** Takes the oldest if its outcome is known already; else null. */
  Forward takeKnown() {
    Forward oldest = queue.peekFirst();
    return oldest != null && oldest.known != null ? queue.removeFirst() : null;
  }

  void clear() {
    queue.clear();
  }
}
