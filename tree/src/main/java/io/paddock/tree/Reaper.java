package io.paddock.tree;

import java.util.ArrayList;
import java.util.List;

/** Finds containers and TTL znodes whose time has come (client protocol sheet, section 6.3). */
public final class Reaper {
  private Reaper() {}

  /**
   * Paths to be deleted now.
   *
   * @param nowMs wall clock, milliseconds since 1970
   * @param max at most so many
   * @param neverUsedMaxMs age at which a container that never had a child goes; 0 for never
   */
  public static List<String> due(Tree tree, long nowMs, int max, long neverUsedMaxMs) {
    List<String> due = new ArrayList<>();
    for (String path : tree.containers()) {
      if (due.size() >= max) {
        return due;
      }
      if (isContainerDue(tree.find(path), nowMs, neverUsedMaxMs)) {
        due.add(path);
      }
    }
    for (String path : tree.ttls()) {
      if (due.size() >= max) {
        return due;
      }
      Node node = tree.find(path);
      if (node.childCount() == 0 && nowMs - node.mtime() > OwnerType.ttlMs(node.owner())) {
        due.add(path);
      }
    }
    return due;
  }

  private static boolean isContainerDue(Node node, long nowMs, long neverUsedMaxMs) {
    if (node.childCount() > 0) {
      return false;
    }
    return node.cversion() > 0 || neverUsedMaxMs > 0 && nowMs - node.mtime() > neverUsedMaxMs;
  }
}
