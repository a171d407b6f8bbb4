package io.paddock.config;

import io.paddock.tree.TreeSettings;

/**
 * Switches of what the znode tree accepts, and its reaper of container and TTL znodes.
 *
 * @param extendedTypesEnabled whether TTL znodes can be created
 * @param emulate353TtlNodes whether the old encoding of TTL owners is recognised
 * @param enforceQuota whether hard limits refuse writes
 * @param digestEnabled whether transactions carry the digest of the tree
 * @param closeSessionTxnEnabled whether a closing session's ephemerals are listed in its
 *     transaction
 * @param reconfigEnabled whether reconfig is refused as unsupported here rather than as disabled
 * @param reapIntervalMs milliseconds between two scans for expired containers and TTL znodes
 * @param reapPerMinuteMax znodes that the reaper deletes in one minute at most
 * @param containerNeverUsedMs age in milliseconds at which a container that never had a child is
 *     removed; 0 is never
 */
public record TreeConfig(
    boolean extendedTypesEnabled,
    boolean emulate353TtlNodes,
    boolean enforceQuota,
    boolean digestEnabled,
    boolean closeSessionTxnEnabled,
    boolean reconfigEnabled,
    long reapIntervalMs,
    int reapPerMinuteMax,
    long containerNeverUsedMs) {
  /** The two switches of extended types as the tree knows them. */
  public TreeSettings.ExtendedTypes extendedTypes() {
    if (!extendedTypesEnabled) {
      return TreeSettings.ExtendedTypes.OFF;
    }
    return emulate353TtlNodes
        ? TreeSettings.ExtendedTypes.ON_WITH_353
        : TreeSettings.ExtendedTypes.ON;
  }
}
