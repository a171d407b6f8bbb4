package io.paddock.replica;

/**
 * How a replica keeps time and when it takes snapshots.
 *
 * @param tickMs the unit of session deadlines
 * @param snapshotTxns a snapshot is taken after half of this many transactions and a random part of
 *     the other half
 * @param snapshotBytes likewise for bytes of log; 0 or less is off
 * @param reapIntervalMs how often empty containers and expired TTL znodes are looked for
 * @param reapsMax how many of them one look removes at the most
 * @param neverUsedMaxMs after which a container that never had a child goes too; 0 is never
 * @param readOnlyMode whether a member that has no leader serves read-only clients
 * @param localSessions whether sessions of a member's clients are its own at first
 * @param localSessionsUpgrading whether such a session becomes global with its first ephemeral
 *     znode; else that znode is refused
 * @param keepsClients whether the connections of a member's clients outlive the leader
 */
public record ReplicaSettings(
    long tickMs,
    int snapshotTxns,
    long snapshotBytes,
    long reapIntervalMs,
    int reapsMax,
    long neverUsedMaxMs,
    boolean readOnlyMode,
    boolean localSessions,
    boolean localSessionsUpgrading,
    boolean keepsClients) {
  /** Without what a member of an ensemble may do besides. */
  public ReplicaSettings(
      long tickMs,
      int snapshotTxns,
      long snapshotBytes,
      long reapIntervalMs,
      int reapsMax,
      long neverUsedMaxMs) {
    this(
        tickMs,
        snapshotTxns,
        snapshotBytes,
        reapIntervalMs,
        reapsMax,
        neverUsedMaxMs,
        false,
        false,
        false,
        false);
  }

  /** The same, but for whether clients' connections outlive the leader. */
  public ReplicaSettings keepingClients(boolean keeps) {
    return new ReplicaSettings(
        tickMs,
        snapshotTxns,
        snapshotBytes,
        reapIntervalMs,
        reapsMax,
        neverUsedMaxMs,
        readOnlyMode,
        localSessions,
        localSessionsUpgrading,
        keeps);
  }

  /** The same without what only a member of an ensemble may do. */
  ReplicaSettings alone() {
    return new ReplicaSettings(
        tickMs, snapshotTxns, snapshotBytes, reapIntervalMs, reapsMax, neverUsedMaxMs);
  }

  /** ZooKeeper's defaults (client protocol sheet, sections 6.3 and 13.2). */
  public static ReplicaSettings defaults() {
    return new ReplicaSettings(3000, 100_000, 4L << 30, 60_000, 10_000, 0);
  }
}
