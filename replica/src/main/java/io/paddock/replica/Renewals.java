package io.paddock.replica;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which sessions have come back to this server by another connection while their old one may not
 * know yet. What still comes by the old one was sent before the client came back, and would be
 * carried out behind what the client has sent since: it is passed over. A session stands here from
 * its renewal until every client loop has followed the feed beyond the answer, with which it closes
 * the old connection. One thread.
 */
final class Renewals {
  private record Answered(long place, Submission renewal) {}

  /** The latest renewal of each. */
  private final Map<Long, Submission> latest = new HashMap<>();

  /** In the feed's order. */
  private final ArrayDeque<Answered> answered = new ArrayDeque<>();

  boolean isEmpty() {
    return latest.isEmpty();
  }

  /** A client comes back. */
  void begins(Submission renewal) {
    latest.put(renewal.sessionId(), renewal);
  }

  /** Whether a client has come back by another connection than this came by. */
  boolean isLate(Submission submission) {
    if (latest.isEmpty()
        || submission.origin() == null
        || submission.kind() == Submission.Kind.RENEW) {
      return false;
    }
    Submission renewal = latest.get(submission.sessionId());
    return renewal != null && renewal.origin() != submission.origin();
  }

  /** An item has its place in the feed. */
  void published(FeedItem item) {
    Submission submission = item.submission();
    if (submission != null && submission.kind() == Submission.Kind.RENEW) {
      answered.addLast(new Answered(item.place(), submission));
    }
  }

  /** Every client loop has come to {@code place}, and nothing waits that any sent before. */
  void followed(long place) {
    while (!answered.isEmpty() && answered.peekFirst().place <= place) {
      Submission renewal = answered.removeFirst().renewal;
      latest.remove(renewal.sessionId(), renewal);
    }
  }

  /** Those that are not answered yet will not be. */
  void giveUp() {
    latest.values().retainAll(answered.stream().map(Answered::renewal).collect(Collectors.toSet()));
  }
}
