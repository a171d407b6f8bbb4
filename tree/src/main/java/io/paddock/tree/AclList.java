package io.paddock.tree;

import io.paddock.wire.Acl;
import java.util.List;

/** An access control list as znodes share it. Immutable; equal lists of one tree are one object. */
public final class AclList {
  /** World:anyone with every permission. */
  public static final AclList OPEN = new AclList(Acl.OPEN);

  private final List<Acl> entries;

  AclList(List<Acl> entries) {
    this.entries = List.copyOf(entries);
  }

  public List<Acl> entries() {
    return entries;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AclList that && entries.equals(that.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
