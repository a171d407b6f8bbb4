package io.paddock.zab;

/**
 * What {@link Zab} asks of the world as a member of an ensemble, in the order in which it is to
 * happen. Called by the thread that called Zab, before that call returns. An implementation never
 * calls Zab back from within an effect: completions come later, as inputs of their own.
 *
 * <p>A connection is a number that the caller chose and never uses twice. What is sent on it by
 * {@link #send}, {@link #sendLog} and {@link #sendSnapshot} leaves in the order of the calls.
 */
public interface MemberEffects extends Effects {

  /**
   * {@inheritDoc}
   *
   * @throws io.paddock.wire.MalformedException when these bytes, which came from a leader, are no
   *     transaction; nothing has changed then, and the leader is given up. {@link #stage} likewise
   */
  @Override
  void append(long zxid, byte[] bytes, int from, int length);

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
   * Zab#onLeaderConnected} or {@link Zab#onLeaderUnreachable}, with the same {@code attempt}.
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
   * appended so far is. If {@code after} (unless it is the mark of an epoch, counter 0) or a
   * transaction behind it is no longer there, the connection is to be closed.
   */
  void sendLog(long connection, long after, long upTo);

  /**
   * Sends, at this place of the order, SNAP and the snapshot stream (section 3.7) of the tree with
   * every transaction up to {@code last} and none after. That is the tree as committed now, or, at
   * a leader that does not serve yet, the tree with all that was appended.
   *
   * @param zxid for the SNAP packet; may be the epoch's mark E&lt;&lt;32, later than {@code last}
   */
  void sendSnapshot(long connection, long last, long zxid);

  /** Closes a connection once what was sent on it has left. {@link Zab#onClosed} may follow. */
  void close(long connection, String why);

  /**
   * Asks where {@code zxid} stands in the log on disk (section 3.6, rule 5); to be answered by
   * {@link Zab#onFoundInLog}.
   */
  void findInLog(long connection, long zxid);

  // What is durable. Each call is answered by an input of nearly the same name, when it is on disk.

  /**
   * Saves acceptedEpoch; {@link Zab#onAcceptedEpochSaved} follows once it is durable. Asked for
   * again after {@link Zab#onAppendsLost}: then it is to follow once the log, too, has room again.
   */
  void saveAcceptedEpoch(long epoch);

  /** Saves currentEpoch; {@link Zab#onCurrentEpochSaved} follows once it is durable. */
  void saveCurrentEpoch(long epoch);

  /**
   * Cuts everything after {@code zxid} from log and tree, what is still queued for the log
   * included, durably. {@link Zab#onTruncated} follows when log and tree both end with exactly this
   * zxid; {@link Zab#onTruncateFailed}, with nothing changed, when the log does not have it.
   */
  void truncate(long zxid);

  /**
   * The raw stream after SNAP is to become the tree, in memory; packets go on behind it. Exactly
   * one of {@link Zab#onSnapshotInstalled} and {@link Zab#onSnapshotFailed} follows, even when the
   * connection closes first. Nothing on disk changes before {@link #saveSnapshot}, and the tree of
   * before with what waits to be decided is kept until then. Apache's streams are fuzzy: until
   * {@link #became} the transactions that follow are to be applied as a restart applies its log.
   */
  void installSnapshot(long connection, long zxid);

  /**
   * The leader is gone before {@link #saveSnapshot} was asked for: the tree and what waits to be
   * decided are again what they were before {@link #installSnapshot}.
   */
  void abandonSnapshot();

  /**
   * Takes a transaction that is not to be logged, since the snapshot of {@link #saveSnapshot} will
   * have it. Otherwise like {@link #append}: {@link #commit} decides it.
   */
  void stage(long zxid, byte[] bytes, int from, int length);

  /**
   * Writes the tree with everything that was staged, which ends with {@code zxid}, as a snapshot,
   * durably, in the place of everything that the directory had: after a crash the server comes up
   * with either all of the old state or exactly this snapshot. {@link Zab#onSnapshotSaved} follows.
   */
  void saveSnapshot(long zxid);

  // Between the replicas; Zab only carries it, in order per connection.

  /** At the leader: a learner forwards a client's request (section 4.4). */
  void request(long connection, QuorumPacket.Request request);

  /**
   * At the leader: a learner asks for a session; to be answered by {@link Zab#answerRevalidate}.
   */
  void revalidate(long connection, long sessionId, int timeoutMs);

  /** At the leader: the sessions that a learner heard from, as pairs of long id, int timeout. */
  void touched(long connection, byte[] sessions);

  /** At the leader: a learner that was served is gone, and what waits for it with it. */
  void learnerGone(long connection);

  /** At a learner: the leader's word on a session, in the order of the questions. */
  void revalidated(long sessionId, boolean valid);

  /** At a learner: the oldest sync forwarded and not yet answered may be answered. */
  void synced();

  /**
   * At a learner: the sessions heard from since the last call, as pairs of long id, int timeout.
   * Never null; with none, empty.
   */
  byte[] touches();

  // Membership (section 6).

  /**
   * A configuration is proposed: to be saved as the next one before this returns, since from now on
   * it counts; its new servers may be dialled. With the configuration in force, none is to come.
   */
  void configSeen(EnsembleConfig config);

  /**
   * A configuration is in force: to be saved before this returns. The transaction that made it is
   * committed right behind.
   */
  void configCommitted(EnsembleConfig config);

  /** A voter wants another leader than this server, which gives up before it has led. */
  default void disloyalVoter() {}

  /** A line for the log: what was decided, and why. */
  void note(String event);
}
