package io.paddock.replica;

import io.paddock.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A server's copy of the state as its core thread drives it: {@link Replica} alone, {@link
 * MemberReplica} in an ensemble. Confined to that thread.
 */
public interface Participant {
  /** Who counts what goes through it from now on; before {@link #start}. */
  default void countIn(CoreMeter meter) {}

  /** Begins: takes the lead alone, or looks for a leader. */
  void start();

  /** See {@link Core#submit}. */
  void submit(Submission submission);

  /** See {@link Core#touch}. */
  void touch(long sessionId, int timeoutMs);

  /** The end of the feed: where a client loop that starts now begins to follow. */
  FeedItem last();

  /** Every client loop has followed the feed to {@link FeedItem#place} or beyond. */
  void followed(long place);

  /** Requests that are not answered yet. */
  int outstanding();

  /** Transactions appended since the last {@link #endBurst}. */
  int unforced();

  /** No more requests are at hand for the moment: what was appended is to become durable. */
  void endBurst();

  /** Everything appended up to {@code zxid} is on disk. */
  void onDurable(long zxid);

  /**
   * The disk did not take what was appended after the last durable transaction.
   *
   * @param what is lacking, and what to do about it, for the operator
   */
  void onDiskFull(String what);

  /** The tree with everything that was appended, durable or not: what a lost log leads to. */
  Tree logged();

  /** Lets time pass. To be called several times a tick. */
  void tick();

  /** The sessions by the monotonic time at which they expire, as far as this server decides it. */
  Map<Long, List<Long>> sessionsByDeadline();

  /** What a member of an ensemble is up to; empty for a server alone. */
  default Optional<MemberFigures> memberFigures() {
    return Optional.empty();
  }

  /** Sessions that only this server knows. */
  default int localSessionCount() {
    return 0;
  }

  /** How many sessions it has found expired. */
  long sessionsExpired();

  /** How often its tree was found to differ from another server's. */
  default long digestMismatches() {
    return 0;
  }

  /** The digests of some transactions past. */
  List<ZxidDigest> digests();
}
