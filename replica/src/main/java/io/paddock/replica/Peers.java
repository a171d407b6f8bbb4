package io.paddock.replica;

import io.paddock.tree.Tree;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;

/**
 * The other servers, as a member of an ensemble reaches them. What each call is to do is said at
 * the one of the same name in {@link io.paddock.zab.MemberEffects}. None calls back before it
 * returns.
 */
public interface Peers {
  void sendNotification(long sid, Notification notification);

  default void expectLearners() {}

  void openQuorumPort();

  void closeQuorumPort();

  void dialLeader(int attempt, EnsembleServer leader);

  void send(long connection, QuorumPacket packet);

  /** The transactions are to be read once everything appended before this call is on disk. */
  void sendLog(long connection, long after, long upTo);

  /** Sends SNAP under {@code zxid} and the stream of {@code tree}. */
  void sendSnapshot(long connection, Tree tree, long zxid);

  /**
   * What follows on the connection is a snapshot's stream. Exactly one of {@link
   * MemberReplica#onSnapshotRead} and {@link MemberReplica#onSnapshotFailed} follows.
   */
  void receiveSnapshot(long connection, long zxid);

  void close(long connection, String why);
}
