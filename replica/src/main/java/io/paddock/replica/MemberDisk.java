package io.paddock.replica;

import io.paddock.tree.Tree;

/**
 * What a member of an ensemble asks of its disk beyond {@link Disk}. Everything happens in the
 * order of the calls, appends included; each is answered by the input of {@link MemberReplica} of
 * nearly the same name.
 */
public interface MemberDisk extends Disk {
  /**
   * Answered by {@link MemberReplica#onAcceptedEpochSaved}; after {@link MemberReplica#onDiskFull}
   * only once there is room again, for the log too.
   */
  void saveAcceptedEpoch(long epoch);

  /** Answered by {@link MemberReplica#onCurrentEpochSaved}. */
  void saveCurrentEpoch(long epoch);

  /**
   * Cuts everything after {@code zxid} and loads what is left. Answered by {@link
   * MemberReplica#onTruncated} or {@link MemberReplica#onTruncateFailed}.
   */
  void truncate(long zxid);

  /**
   * Makes the tree all that the directory holds. Answered by {@link MemberReplica#onSnapshotSaved}.
   */
  void saveSnapshot(Tree tree);

  /** Answered by {@link MemberReplica#onFoundInLog}. */
  void findInLog(long connection, long zxid);
}
