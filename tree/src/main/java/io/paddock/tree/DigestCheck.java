package io.paddock.tree;

import io.paddock.wire.OpCode;

/**
 * Compares the digests that transactions carry with the tree's after each of them, and tells a tree
 * that really differs from a digest that is wrong by itself.
 *
 * <p>Apache's server foretells each digest before it has carried the transaction out, and at times
 * foretells it wrong (seen on 3.9.6): when an operation creates a znode of another kind than its
 * flags say, and while a change of the root and of its children are under way at once. The next
 * digest that is not foretold from a wrong one is right again. So a difference is open until a
 * later digest agrees, which only the same tree can bring about; it is alarming when none does.
 * What the flags make wrong is recognised at once. Belongs to one thread.
 */
public final class DigestCheck {
  private final Digester digester = new Digester();
  private Difference first;
  private long open;
  private long wrong;

  /** The first digest of those that have not agreed since. */
  public record Difference(long zxid, long timeMs, long told, long actual) {}

  /**
   * Takes one transaction.
   *
   * @param tree the tree after it
   */
  public void add(Txn txn, Tree tree) {
    if (!txn.hasDigest()) {
      return;
    }
    if (txn.digest() == tree.digest()) {
      wrong += open;
      open = 0;
      first = null;
    } else if (first == null && isOfOtherFlags(txn, tree)) {
      wrong++;
    } else {
      open++;
      if (first == null) {
        first = new Difference(txn.zxid(), txn.header().timeMs(), txn.digest(), tree.digest());
      }
    }
  }

  /** Where digests began to differ that have not agreed since; null when the last one agrees. */
  public Difference difference() {
    return first;
  }

  /** How many digests have differed since {@link #difference}. */
  public long differing() {
    return open;
  }

  /** How many digests were wrong by themselves: the tree is the one they were made for. */
  public long wrong() {
    return wrong;
  }

  /** Whether the digest is that of a tree in which the new znode has the owner its flags asked. */
  private boolean isOfOtherFlags(Txn txn, Tree tree) {
    int type = txn.header().type();
    if (txn.body() instanceof TxnBody.CreateContainer container) {
      return fits(txn, tree, container.path(), 0)
          || fits(txn, tree, container.path(), txn.header().sessionId());
    }
    boolean creates = type == OpCode.CREATE.code() || type == OpCode.CREATE2.code();
    return creates
        && txn.body() instanceof TxnBody.Create create
        && fits(txn, tree, create.path(), OwnerType.CONTAINER_OWNER);
  }

  private boolean fits(Txn txn, Tree tree, String path, long owner) {
    Node node = tree.find(path);
    if (node == null || Digester.isExcluded(path, path.length())) {
      return false;
    }
    Branch other = node.toBranch(node.data());
    other.owner = owner;
    long digest = tree.digest() - node.digest(digester, path, path.length());
    return txn.digest() == digest + digester.of(other, path, path.length());
  }
}
