package io.paddock.tree;

/**
 * The configuration of {@link Prep}. Extended types are the tree's own setting.
 *
 * @param access judges and expands access control lists
 * @param enforceQuota whether hard quotas are enforced
 * @param digestEnabled whether transactions carry the tree's digest
 * @param closeSessionTxnEnabled whether closeSession carries the list of ephemerals
 * @param reconfigEnabled whether reconfig is switched on
 * @param recordBytesMax largest payload of a log record, bytes
 * @param localSessions whether sessions that are not in the tree may write; their ephemerals are
 *     refused
 */
public record PrepSettings(
    AccessControl access,
    boolean enforceQuota,
    boolean digestEnabled,
    boolean closeSessionTxnEnabled,
    boolean reconfigEnabled,
    int recordBytesMax,
    boolean localSessions) {
  /** With sessions of the tree only. */
  public PrepSettings(
      AccessControl access,
      boolean enforceQuota,
      boolean digestEnabled,
      boolean closeSessionTxnEnabled,
      boolean reconfigEnabled,
      int recordBytesMax) {
    this(
        access,
        enforceQuota,
        digestEnabled,
        closeSessionTxnEnabled,
        reconfigEnabled,
        recordBytesMax,
        false);
  }

  public static final PrepSettings DEFAULT =
      new PrepSettings(
          new AccessControl(AccessSettings.DEFAULT), false, true, true, false, 2_097_150);
}
