package io.paddock.replica;

import io.paddock.tree.TxnHeader;
import io.paddock.wire.ErrorCode;
import java.util.ArrayDeque;

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
