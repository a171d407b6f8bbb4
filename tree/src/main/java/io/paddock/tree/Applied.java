package io.paddock.tree;

import java.util.List;

/**
 * What one transaction did: the tree after it, the answer, and what watches want to know.
 * Immutable.
 */
public final class Applied {
  private final Txn txn;
  private final Tree tree;
  private final Result result;
  private final List<Change> changes;
  private final RuntimeException cause;

  Applied(Txn txn, Tree tree, Result result, List<Change> changes, RuntimeException cause) {
    this.txn = txn;
    this.tree = tree;
    this.result = result;
    this.changes = changes;
    this.cause = cause;
  }

  public long zxid() {
    return txn.zxid();
  }

  public Txn txn() {
    return txn;
  }

  /** The tree after it. */
  public Tree tree() {
    return tree;
  }

  public Result result() {
    return result;
  }

  /** In the order in which watches fire; empty for failed ones. */
  public List<Change> changes() {
    return changes;
  }

  /** The defect that was met while the request was prepared, to be logged; null normally. */
  public RuntimeException cause() {
    return cause;
  }
}
