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
 */
public record ReplicaSettings(
    long tickMs,
    int snapshotTxns,
    long snapshotBytes,
    long reapIntervalMs,
    int reapsMax,
    long neverUsedMaxMs) {
  /** ZooKeeper's defaults (client protocol sheet, sections 6.3 and 13.2). */
  public static ReplicaSettings defaults() {
    return new ReplicaSettings(3000, 100_000, 4L << 30, 60_000, 10_000, 0);
  }
}
