package io.paddock.tree;

import io.paddock.wire.Paths;

/**
 * One thing that happened to one path, for those who watch it (client protocol sheet, section 7.3).
 */
public final class Change {
  /** What happened. */
  public enum Kind {
    CREATED,
    DELETED,
    DATA_CHANGED,
    CHILDREN_CHANGED
  }

  private final Kind kind;
  private final String path;
  private final AclList acl;

  /**
   * @param path the changed znode's path; for CHILDREN_CHANGED the path of the child
   */
  Change(Kind kind, String path, AclList acl) {
    this.kind = kind;
    this.path = path;
    this.acl = acl;
  }

  public Kind kind() {
    return kind;
  }

  /** The path that watches are looked up by. */
  public String path() {
    return kind == Kind.CHILDREN_CHANGED ? Paths.parent(path) : path;
  }

  /** Who may not READ by this list is not told. */
  public AclList acl() {
    return acl;
  }

  @Override
  public String toString() {
    return kind + " " + path();
  }
}
