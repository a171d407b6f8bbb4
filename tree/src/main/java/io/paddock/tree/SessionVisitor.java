package io.paddock.tree;

/** Is shown sessions one by one. */
@FunctionalInterface
public interface SessionVisitor {
  /**
   * @param timeoutMs as negotiated when the session was made
   */
  void visit(long sessionId, int timeoutMs);
}
