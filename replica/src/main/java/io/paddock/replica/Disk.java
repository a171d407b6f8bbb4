package io.paddock.replica;

import io.paddock.tree.Tree;

/**
 * The log and the snapshots as the replica sees them. Calls return at once; the outcome comes back
 * as {@link io.paddock.zab.ZabInput.Durable} and through {@link Replica#onDiskFull}, by the
 * replica's thread. A failed force is not reported at all: it ends the process.
 */
public interface Disk {
  /** Takes a copy of the transaction, to be written after all before it. */
  void append(long zxid, byte[] bytes, int from, int length);

  /** Everything appended so far is wanted on disk now. */
  void force();

  /**
   * Starts a new log segment and writes {@code tree} as a snapshot, in the background. The tree is
   * immutable: transactions go on meanwhile. Ignored while an earlier snapshot is still being
   * written.
   */
  void snapshot(Tree tree);
}
