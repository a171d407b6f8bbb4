package io.paddock.tree;

/**
 * A znode's stored ephemeralOwner and what it means (client protocol sheet, section 6.3).
 *
 * @param id 0, a session, or the mark of a container or of a time to live
 */
record Owner(long id, OwnerType type) {
  private static final Owner NOBODY = new Owner(0, OwnerType.PERSISTENT);

  static Owner of(long id, TreeSettings settings) {
    return id == 0 ? NOBODY : new Owner(id, OwnerType.of(id, settings));
  }
}
