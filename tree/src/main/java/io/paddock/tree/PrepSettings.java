package io.paddock.tree;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The configuration of {@link Prep}. Extended types are the tree's own setting. Immutable.
 *
 * @param access judges and expands access control lists
 * @param switches what is switched on
 * @param recordBytesMax largest payload of a log record, bytes
 */
public record PrepSettings(AccessControl access, Set<Switch> switches, int recordBytesMax) {
  /** What can be on or off. */
  public enum Switch {
    /** Hard quotas refuse writes. */
    HARD_QUOTAS,
    /** Transactions carry the tree's digest. */
    DIGESTS,
    /** closeSession carries the list of ephemerals. */
    EPHEMERALS_LISTED,
    RECONFIG,
    /** Sessions that are not in the tree may write; their ephemerals are refused. */
    LOCAL_SESSIONS
  }

  public static final PrepSettings DEFAULT =
      new PrepSettings(
          new AccessControl(AccessSettings.DEFAULT),
          EnumSet.of(Switch.DIGESTS, Switch.EPHEMERALS_LISTED),
          2_097_150);

  public PrepSettings {
    // Asked for every write: as cheap as a bit.
    EnumSet<Switch> copy = EnumSet.noneOf(Switch.class);
    copy.addAll(switches);
    switches = Collections.unmodifiableSet(copy);
  }

  /** The same with one switch on or off. */
  public PrepSettings with(Switch which, boolean on) {
    EnumSet<Switch> changed = EnumSet.noneOf(Switch.class);
    changed.addAll(switches);
    if (on) {
      changed.add(which);
    } else {
      changed.remove(which);
    }
    return new PrepSettings(access, changed, recordBytesMax);
  }

  /** The same with other access control. */
  public PrepSettings with(AccessControl newAccess) {
    return new PrepSettings(newAccess, switches, recordBytesMax);
  }

  /** The same with another bound on records. */
  public PrepSettings withRecordBytesMax(int bytes) {
    return new PrepSettings(access, switches, bytes);
  }

  boolean has(Switch which) {
    return switches.contains(which);
  }
}
