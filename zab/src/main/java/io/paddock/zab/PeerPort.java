package io.paddock.zab;

/**
 * The other servers, as {@link Zab} reaches them, in the order in which it is to happen. Called by
 * the thread that called Zab, before that call returns; an implementation never calls Zab back from
 * within: outcomes come later, as {@link ZabInput}s.
 *
 * <p>A connection is a number that the caller chose and never uses twice. What is sent on it by
 * {@link #send}, {@link #sendLog} and {@link ReplicaPort#sendSnapshot} leaves in the order of the
 * calls.
 */
public interface PeerPort {
  // The election port (quorum sheet, section 2).

  /**
   * Sends a notification to a server. At most one waits per server: a newer one takes the place of
   * one that has not left. A server without a connection is dialled, or nudged if its id is higher
   * (section 2.1). Never called for this server itself.
   */
  void sendNotification(long sid, Notification notification);

  // The quorum port (section 3).

  /**
   * A quorum agrees on this server, which is about to be elected: who has found that out sooner
   * dials already. The quorum port may keep such calls until {@link #openQuorumPort} lets them in,
   * or {@link #closeQuorumPort} ends them; nobody is told of them before.
   */
  default void expectLearners() {}

  /** This server was elected: learners are to reach its quorum port, at once. */
  void openQuorumPort();

  /** This server leads no more: learners are to be refused at its quorum port. */
  void closeQuorumPort();

  /**
   * Dials the quorum port of the elected leader. The outcome is told by {@link
   * ZabInput.LeaderConnected} or {@link ZabInput.LeaderUnreachable}, with the same {@code attempt}.
   */
  void dialLeader(int attempt, EnsembleServer leader);

  /**
   * Sends a packet. One and the same object goes to many connections when all are to get it, so it
   * may be encoded once. Sending on a connection that is closed does nothing.
   */
  void send(long connection, QuorumPacket packet);

  /**
   * Sends, at this place of the order, every logged transaction with {@code after < zxid <= upTo},
   * each as PROPOSAL and COMMIT; {@code upTo} itself may be no transaction. All of them have been
   * appended, though the last may not be on disk yet: the log is to be read once everything
   * appended before this call is. If {@code after} (unless it is the mark of an epoch, counter 0)
   * or a transaction behind it is no longer there, the connection is to be closed.
   */
  void sendLog(long connection, long after, long upTo);

  /**
   * The raw stream after SNAP is to become the tree, in memory; packets go on behind it. Exactly
   * one of {@link ZabInput.SnapshotInstalled} and {@link ZabInput.SnapshotFailed} follows, even
   * when the connection closes first. Nothing on disk changes before {@link
   * ReplicaPort#saveSnapshot}, and the tree of before with what waits to be decided is kept until
   * then. Apache's streams are fuzzy: until {@link ReplicaPort#became} the transactions that follow
   * are to be applied as a restart applies its log.
   */
  void receiveSnapshot(long connection, long zxid);

  /** Closes a connection once what was sent on it has left. {@link ZabInput.Closed} may follow. */
  void close(long connection, String why);
}
