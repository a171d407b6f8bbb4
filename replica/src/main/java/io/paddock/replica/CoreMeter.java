package io.paddock.replica;

import io.paddock.tree.Applied;
import io.paddock.zab.Role;

/**
 * Who counts and times what goes through the core. Called in the core's thread, on the way of every
 * write: an implementation adds numbers and does nothing else.
 */
public interface CoreMeter {
  /** Counts nothing. */
  CoreMeter NONE = new CoreMeter() {};

  /** What takes a member of an ensemble some time, now and then. */
  enum Stretch {
    /** From looking for a leader to having found one. */
    ELECTION,
    /** From having found a leader to serving as its follower. */
    FOLLOWER_SYNC,
    /** From having found a leader to serving as its observer. */
    OBSERVER_SYNC,
    /** From looking for a leader to serving. */
    UNAVAILABLE,
    /** The same, of a server that serves as leader then. */
    LEADER_UNAVAILABLE
  }

  /** A write is going to be made a transaction. */
  default void preparing() {}

  /** It is one now, if only one that refuses. */
  default void prepared(Applied applied, Submission submission) {}

  /** It has been handed to the log and, by a leader, to its learners. */
  default void proposed() {}

  /** A follower has logged a proposal that its leader made so long ago by the two clocks. */
  default void received(long ageMs) {}

  /**
   * A transaction is published.
   *
   * @param ageMs since it was made, by this server's clock and its maker's; may be negative
   * @param part what this server is in the ensemble; null alone
   */
  default void committed(FeedItem item, long ageMs, Role part) {}

  /** A learner has forwarded a request, and so many wait for its leader. */
  default void forwarded(int waiting) {}

  /** A voter has acknowledged a proposal that this leader made so long ago. */
  default void acknowledged(long sid, long ageMs) {}

  /** Something took so long. */
  default void took(Stretch stretch, long ms) {}

  /**
   * A leader begins to bring up a learner, one of so many that it is bringing up this way.
   *
   * @param snapshot by a snapshot; else by transactions
   */
  default void syncBegins(boolean snapshot, int underWay) {}
}
