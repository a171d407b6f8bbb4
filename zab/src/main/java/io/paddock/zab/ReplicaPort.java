package io.paddock.zab;

/**
 * The replica above {@link Zab}: what is done to log and tree, in the order in which it is to
 * happen. Called by the thread that called Zab, before that call returns; an implementation never
 * calls Zab back from within. A server alone needs this port and no other.
 */
public interface ReplicaPort {
  /**
   * Appends a transaction to the log. Once it is on disk, {@link ZabInput.Durable} is to come with
   * its zxid; appends become durable in order, so one input may speak for many. What is appended
   * waits for its decision, across roles too: {@link #commit}, or one of {@link DiskPort#truncate}
   * and {@link PeerPort#receiveSnapshot}, which drop it.
   *
   * @param bytes the array that holds the transaction; it may change after the call
   * @throws io.paddock.wire.MalformedException when these bytes, which came from a leader, are no
   *     transaction; nothing has changed then, and the leader is given up. {@link #stage} likewise
   */
  void append(long zxid, byte[] bytes, int from, int length);

  /**
   * Takes a transaction that is not to be logged, since the snapshot of {@link #saveSnapshot} will
   * have it. Otherwise like {@link #append}: {@link #commit} decides it.
   */
  void stage(long zxid, byte[] bytes, int from, int length);

  /**
   * Everything up to {@code zxid} is decided: deliver what has not been delivered yet, in order.
   * The first call after a start, or after a role's end, may tell nothing new.
   */
  void commit(long zxid);

  /**
   * The role has changed. LEADING: this server may propose and serve from now on. FOLLOWING,
   * OBSERVING: it may serve, its log and tree agree with the leader's. LOOKING: nothing is served;
   * the outcome of what clients have asked and not heard of is unknown.
   */
  void became(Role role);

  /**
   * What the replicas say to each other; Zab only carries it, in order per connection. At the
   * leader, from a learner that is served: REQUEST, REVALIDATE (to be answered by {@link
   * ZabInput.Answer}, in the order of the questions) and PING with the sessions that it heard from.
   * At a learner, from its leader: REVALIDATED, in the order of the questions, and SYNC, by which
   * the oldest sync forwarded and not yet answered may be. At the leader, from itself ({@link
   * ZabInput.Sync#OWN}): SYNC, by which the oldest sync of its own clients may be, behind what is
   * committed.
   */
  void deliver(long connection, QuorumPacket packet);

  /**
   * At a learner: the sessions heard from since the last call, as pairs of long id, int timeout.
   * Never null; with none, empty.
   */
  byte[] touches();

  /**
   * Sends, at this place of the connection's order, SNAP and the snapshot stream (quorum sheet,
   * section 3.7) of the tree with every transaction up to {@code last} and none after. That is the
   * tree as committed now, or, at a leader that does not serve yet, the tree with all that was
   * appended.
   *
   * @param zxid for the SNAP packet; may be the epoch's mark E&lt;&lt;32, later than {@code last}
   */
  void sendSnapshot(long connection, long last, long zxid);

  /**
   * The leader is gone before {@link #saveSnapshot} was asked for: the tree and what waits to be
   * decided are again what they were before {@link PeerPort#receiveSnapshot}.
   */
  void abandonSnapshot();

  /**
   * Writes the tree with everything that was staged, which ends with {@code zxid}, as a snapshot,
   * durably, in the place of everything that the directory had: after a crash the server comes up
   * with either all of the old state or exactly this snapshot. {@link ZabInput.SnapshotSaved}
   * follows.
   */
  void saveSnapshot(long zxid);

  // For those who count.

  /** At the leader: a learner is being brought up by transactions, without a snapshot. */
  default void sendsDiff(long connection) {}

  /** At the leader: a learner has been brought up, and serves. */
  default void broughtUp(long connection) {}

  /** A voter wants another leader than this server, which gives up before it has led. */
  default void disloyalVoter() {}

  /**
   * Whether this server, when it leads, has every move of a session in the log before the client is
   * served elsewhere; its learners are told.
   */
  default boolean marksMoves() {
    return false;
  }

  /** A line for the log: what was decided, and why. */
  void note(String event);
}
