package io.paddock.zab;

import java.util.ArrayDeque;

/**
 * The syncs that wait at a leader, in the order in which they came. One is answered when everything
 * proposed before it is committed, and it is sure that this server still led after it had come: a
 * quorum has answered something that was sent later. That is a PING of a round of confirmation, or
 * a proposal that came after the sync, which is committed by the ACKs of a quorum; so the answer
 * always leaves before the COMMIT of what was proposed behind it, on which learners rely (quorum
 * sheet, section 4.5). Why that is enough: docs/decisions.md.
 *
 * <p>One round at a time: what comes meanwhile shares the next one.
 */
final class SyncQueue {
  private record Waiting(long connection, long zxid, long round) {}

  private final MemberState self;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** The last round that was begun, and the last that a quorum has answered. */
  private long begun;

  private long confirmed;

  SyncQueue(MemberState self) {
    this.self = self;
  }

  int size() {
    return waiting.size();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /**
   * A sync has come.
   *
   * @param lastProposed what it is to be answered behind
   * @param decidesAlone whether this server is a quorum, so that nobody can have replaced it
   */
  void add(long connection, long lastProposed, boolean decidesAlone) {
    waiting.addLast(new Waiting(connection, lastProposed, decidesAlone ? confirmed : begun + 1));
  }

  /** Whether a round is to begin: syncs wait for one, and none is under way. */
  boolean wantRound() {
    return !isRoundUnderWay() && !waiting.isEmpty() && waiting.peekLast().round > begun;
  }

  void beginRound() {
    begun++;
  }

  /** The last round begun. */
  long round() {
    return begun;
  }

  boolean isRoundUnderWay() {
    return begun > confirmed;
  }

  /** A quorum has answered what was sent when the round began. */
  void endRound() {
    confirmed = begun;
  }

  /** Answers those that wait for nothing any more, everything up to {@code committed} being so. */
  void release(long committed) {
    for (Waiting next = waiting.peekFirst();
        next != null && next.zxid <= committed && next.round <= confirmed;
        next = waiting.peekFirst()) {
      answer(waiting.removeFirst());
    }
  }

  /**
   * {@code zxid} is about to be committed, and nothing before it is outstanding: it answers those
   * that came before it was proposed.
   */
  void releaseBefore(long zxid) {
    for (Waiting next = waiting.peekFirst();
        next != null && next.zxid < zxid;
        next = waiting.peekFirst()) {
      answer(waiting.removeFirst());
    }
  }

  private void answer(Waiting sync) {
    if (sync.connection == ZabInput.Sync.OWN) {
      self.replica.deliver(sync.connection, new QuorumPacket.Sync());
    } else {
      self.peers.send(sync.connection, new QuorumPacket.Sync());
    }
  }

  /** A learner is gone. */
  void drop(long connection) {
    waiting.removeIf(sync -> sync.connection == connection);
  }
}
