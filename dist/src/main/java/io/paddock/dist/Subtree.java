package io.paddock.dist;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.data.Stat;

/** What a client read of a subtree at one time: path to data and stat, parents first. */
final class Subtree {
  /** One znode as read. */
  record Node(String data, Stat stat) {
    boolean persistent() {
      return stat.getEphemeralOwner() == 0;
    }
  }

  private final Map<String, Node> nodes = new LinkedHashMap<>();

  void add(String path, String data, Stat stat) {
    nodes.put(path, new Node(data, stat));
  }

  Map<String, Node> nodes() {
    return nodes;
  }

  /** The persistent znodes that {@code later} lacks or holds with other data or another stat. */
  List<String> persistentLostIn(Subtree later) {
    List<String> lost = new ArrayList<>();
    nodes.forEach(
        (path, node) -> {
          if (node.persistent() && !node.equals(later.nodes.get(path))) {
            lost.add(path);
          }
        });
    return lost;
  }
}
