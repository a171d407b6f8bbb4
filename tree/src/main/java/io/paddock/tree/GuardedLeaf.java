package io.paddock.tree;

/** A leaf whose access control list is not the open one. */
final class GuardedLeaf extends Leaf {
  private final AclList acl;

  GuardedLeaf(byte[] packed, AclList acl) {
    super(packed);
    this.acl = acl;
  }

  @Override
  public AclList acl() {
    return acl;
  }
}
