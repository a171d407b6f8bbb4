package io.paddock.sim;

import io.paddock.wire.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The state as plain maps: what the real tree is compared with. Not to be changed once it is
 * anybody's state; {@link #copy} makes another to change. The root's path is empty, and what is
 * below /zookeeper is left out.
 */
final class NaiveTree {
  final TreeMap<String, NaiveNode> nodes = new TreeMap<>();

  /** Timeouts by session. */
  final TreeMap<Long, Integer> sessions = new TreeMap<>();

  static NaiveTree fresh() {
    NaiveTree tree = new NaiveTree();
    tree.nodes.put("", NaiveNode.fresh(new byte[0], 31, 0, 0, 0, -1));
    return tree;
  }

  NaiveTree copy() {
    NaiveTree copy = new NaiveTree();
    copy.nodes.putAll(nodes);
    copy.sessions.putAll(sessions);
    return copy;
  }

  NaiveNode get(String path) {
    return nodes.get(path);
  }

  boolean hasSession(long id) {
    return sessions.containsKey(id);
  }

  static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  /** Names of the children. */
  List<String> children(String path) {
    List<String> names = new ArrayList<>();
    String prefix = path + "/";
    for (String below : nodes.subMap(prefix, path + "0").keySet()) {
      if (below.indexOf('/', prefix.length()) < 0) {
        names.add(below.substring(prefix.length()));
      }
    }
    return names;
  }

  int descendants(String path) {
    return nodes.subMap(path + "/", path + "0").size();
  }

  List<String> ephemerals(long sessionId) {
    List<String> paths = new ArrayList<>();
    nodes.forEach(
        (path, node) -> {
          if (sessionId != 0 && node.owner() == sessionId) {
            paths.add(path);
          }
        });
    return paths;
  }

  /** As clients see it. */
  Stat stat(String path) {
    NaiveNode node = nodes.get(path);
    int children = children(path).size();
    return new Stat(
        node.czxid(),
        node.mzxid(),
        node.ctime(),
        node.mtime(),
        node.version(),
        2 * node.creations() - children,
        node.aversion(),
        node.owner(),
        node.data() == null ? 0 : node.data().length,
        children,
        node.pzxid());
  }
}
