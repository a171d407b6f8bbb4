package io.paddock.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Looks through the znodes below {@code /zookeeper/quota}, and counts what they limit. */
final class QuotaWalk {
  private QuotaWalk() {}

  /**
   * The longest prefix of {@code path} that has limits; null when there is none. Limits of the root
   * do not count.
   *
   * @param quota the znode {@code /zookeeper/quota}, or null
   */
  static String deepest(Node quota, NameHash names, String path) {
    Node node = quota;
    int end = -1;
    int from = 1;
    while (node != null && from < path.length()) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      node = node.child(names, path, from, to);
      if (node != null && hasLimits(node, names)) {
        end = to;
      }
      from = to + 1;
    }
    return end < 0 ? null : path.substring(0, end);
  }

  /** Whether a hard limit stands against a change of so much at {@code path}. */
  static boolean refuses(Tree tree, String path, long bytesDiff, int countDiff) {
    if (tree.quotas == 0) {
      return false;
    }
    String limited = deepest(tree.find(Quotas.ROOT), tree.names, path);
    if (limited == null) {
      return false;
    }
    Node limits = tree.find(Quotas.ROOT + limited + "/" + Quotas.LIMITS);
    Node totals = tree.find(Quotas.ROOT + limited + "/" + Quotas.STATS);
    return limits != null
        && totals != null
        && Quotas.parse(limits.data()).refuses(Quotas.parse(totals.data()), countDiff, bytesDiff);
  }

  /** Adds the paths that have limits. */
  static void limited(Node quota, List<String> paths) {
    List<Node> open = new ArrayList<>(List.of(quota));
    List<String> openPaths = new ArrayList<>(List.of(""));
    while (!open.isEmpty()) {
      Node node = open.remove(open.size() - 1);
      String path = openPaths.remove(openPaths.size() - 1);
      node.forEachChild(
          (name, child) -> {
            if (name.equals(Quotas.LIMITS)) {
              paths.add(path);
            }
            open.add(child);
            openPaths.add(path + "/" + name);
          });
    }
  }

  /** Znodes and bytes of data at and below {@code node}, which may be null. */
  static Quotas totals(Node node) {
    long count = 0;
    long bytes = 0;
    ArrayDeque<Node> open = new ArrayDeque<>();
    if (node != null) {
      open.push(node);
    }
    while (!open.isEmpty()) {
      Node next = open.pop();
      count++;
      bytes += next.dataLength();
      Children children = next.children();
      if (children != null) {
        children.forEach(open::push);
      }
    }
    return Quotas.of(count, bytes);
  }

  private static boolean hasLimits(Node node, NameHash names) {
    return node.child(names, Quotas.LIMITS, 0, Quotas.LIMITS.length()) != null;
  }
}
