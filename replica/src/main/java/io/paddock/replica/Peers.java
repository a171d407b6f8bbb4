package io.paddock.replica;

import io.paddock.tree.Tree;
import io.paddock.zab.PeerPort;

/**
 * The other servers, as a member of an ensemble reaches them. The outcome of {@link
 * #receiveSnapshot} is told by {@link Replica#onSnapshotRead}, with the tree, or as {@link
 * io.paddock.zab.ZabInput.SnapshotFailed}.
 */
public interface Peers extends PeerPort {
  /** Sends SNAP under {@code zxid} and the stream of {@code tree}. */
  void sendSnapshot(long connection, Tree tree, long zxid);
}
