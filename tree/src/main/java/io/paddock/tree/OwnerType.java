package io.paddock.tree;

/** The kinds of znode by their stored ephemeralOwner (client protocol sheet, section 6.3). */
enum OwnerType {
  PERSISTENT,
  EPHEMERAL,
  CONTAINER,
  TTL;

  static final long CONTAINER_OWNER = 0x8000000000000000L;
  static final long TTL_MARK = 0xff00000000000000L;
  static final long TTL_MS_MAX = 0xff_ffff_ffffL;

  private static final OwnerType[] BY_ORDINAL = values();

  static OwnerType of(long owner, TreeSettings settings) {
    if (owner == 0) {
      return PERSISTENT;
    }
    if (owner == CONTAINER_OWNER) {
      return CONTAINER;
    }
    boolean isTtl =
        switch (settings.extendedTypes()) {
          case OFF -> false;
          case ON -> isMarked(owner);
          case ON_WITH_353 -> owner < 0;
        };
    return isTtl ? TTL : EPHEMERAL;
  }

  static OwnerType ofOrdinal(int ordinal) {
    return BY_ORDINAL[ordinal];
  }

  static long ttlOwner(long ttlMs) {
    return TTL_MARK | ttlMs;
  }

  /** The time to live that the owner of a TTL znode stands for, in milliseconds. */
  static long ttlMs(long owner) {
    return isMarked(owner) ? owner & TTL_MS_MAX : owner & Long.MAX_VALUE;
  }

  private static boolean isMarked(long owner) {
    return (owner & ~TTL_MS_MAX) == TTL_MARK;
  }
}
