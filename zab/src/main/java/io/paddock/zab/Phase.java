package io.paddock.zab;

/** How far a member is on its way to service: the phases of the Zab papers. */
public enum Phase {
  /** In search of a leader. */
  ELECTION,
  /** Leader and learners agree on an epoch. */
  DISCOVERY,
  /** Learners take over the leader's history. */
  SYNCHRONIZATION,
  /** Transactions are proposed and committed. */
  BROADCAST
}
