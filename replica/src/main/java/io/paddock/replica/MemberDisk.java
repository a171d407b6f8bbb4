package io.paddock.replica;

import io.paddock.tree.Tree;
import io.paddock.zab.DiskPort;

/**
 * What a member of an ensemble asks of its disk beyond {@link Disk}. Everything happens in the
 * order of the calls, appends included: what was appended before is forced first.
 */
public interface MemberDisk extends Disk, DiskPort {
  /**
   * Makes the tree all that the directory holds. Answered by {@link
   * io.paddock.zab.ZabInput.SnapshotSaved}. What the calls of {@link DiskPort} load beside, the
   * tree of a truncation, comes by {@link Replica#onTruncated}.
   */
  void saveSnapshot(Tree tree);
}
