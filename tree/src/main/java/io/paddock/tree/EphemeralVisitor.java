package io.paddock.tree;

import java.util.Collection;

/** Is shown the owners of ephemerals one by one. */
@FunctionalInterface
public interface EphemeralVisitor {
  /**
   * @param paths of the ephemerals that {@code sessionId} owns, sorted; never empty
   */
  void visit(long sessionId, Collection<String> paths);
}
