package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import java.util.Comparator;
import java.util.List;

/** An access control list as znodes share it. Immutable; equal lists of one tree are one object. */
public final class AclList implements Comparable<AclList> {
  /** World:anyone with every permission. */
  public static final AclList OPEN = new AclList(Acl.OPEN);

  private static final Comparator<String> NULL_FIRST =
      Comparator.nullsFirst(Comparator.naturalOrder());
  private static final Comparator<Id> BY_ID =
      Comparator.nullsFirst(
          Comparator.comparing(Id::scheme, NULL_FIRST).thenComparing(Id::id, NULL_FIRST));
  private static final Comparator<Acl> BY_ENTRY =
      Comparator.comparingInt(Acl::perms).thenComparing(Acl::id, BY_ID);

  private final List<Acl> entries;

  private AclList(List<Acl> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * @param entries null for the open list
   */
  static AclList of(List<Acl> entries) {
    return entries == null || entries.equals(OPEN.entries) ? OPEN : new AclList(entries);
  }

  /** Whether it is {@link #OPEN} itself: no other list of that content is kept in a tree. */
  @SuppressWarnings("ReferenceEquality")
  boolean isOpen() {
    return this == OPEN;
  }

  public List<Acl> entries() {
    return entries;
  }

  /** By content, in an order without a meaning. */
  @Override
  public int compareTo(AclList that) {
    int count = Math.min(entries.size(), that.entries.size());
    for (int i = 0; i < count; i++) {
      int order = BY_ENTRY.compare(entries.get(i), that.entries.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(entries.size(), that.entries.size());
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
