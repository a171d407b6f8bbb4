package io.paddock.tree;

/** Is shown a znode's children one by one. */
@FunctionalInterface
public interface ChildVisitor {
  void visit(String name, Node child);
}
