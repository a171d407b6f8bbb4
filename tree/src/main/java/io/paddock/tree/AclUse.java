package io.paddock.tree;

/** An access control list, and how many znodes have it. */
record AclUse(AclList list, int count) {}
