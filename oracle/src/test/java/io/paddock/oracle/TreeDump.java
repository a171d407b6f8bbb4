package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Frame;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A whole tree as a client sees it: every path with data, Stat and ACL, byte for byte. */
record TreeDump(Map<String, String> nodes) {

  private static final int WINDOW = 100;

  static TreeDump of(int port) {
    Map<String, String> nodes = new TreeMap<>();
    try (RawClient client = RawClient.session(port)) {
      assertThat(client.call(Op.auth("digest", ServerSpec.SUPER_AUTH)).err()).isZero();
      List<String> level = List.of("/");
      while (!level.isEmpty()) {
        List<String> below = new ArrayList<>();
        for (int from = 0; from < level.size(); from += WINDOW) {
          int to = Math.min(level.size(), from + WINDOW);
          read(client, level.subList(from, to), nodes, below);
        }
        level = below;
      }
      client.call(Op.bare(OpCode.CLOSE_SESSION));
    }
    return new TreeDump(nodes);
  }

  private static void read(
      RawClient client, List<String> paths, Map<String, String> nodes, List<String> below) {
    for (String path : paths) {
      client.request(OpCode.GET_DATA, Op.getData(path, false).bodyAt(0));
      client.request(OpCode.GET_ACL, Op.path(OpCode.GET_ACL, path).bodyAt(0));
      client.request(OpCode.GET_CHILDREN2, Op.getChildren2(path, false).bodyAt(0));
    }
    for (String path : paths) {
      Frame data = client.next();
      Frame acl = client.next();
      Frame children = client.next();
      assertThat(List.of(data.err(), acl.err(), children.err())).as(path).containsOnly(0);
      HexFormat hex = HexFormat.of();
      nodes.put(path, hex.formatHex(data.body()) + " " + hex.formatHex(acl.body()));
      Jute.In in = children.in();
      for (int n = in.i32(); n > 0; n--) {
        below.add((path.equals("/") ? "" : path) + "/" + in.str());
      }
    }
  }

  /** Compares whole trees and tells the first differences rather than all of them. */
  void assertSame(TreeDump other) {
    List<String> differences = new ArrayList<>();
    nodes.forEach(
        (path, text) -> {
          String others = other.nodes.get(path);
          if (!text.equals(others)) {
            differences.add(path + "\n  before " + text + "\n  after  " + others);
          }
        });
    other.nodes.keySet().stream()
        .filter(path -> !nodes.containsKey(path))
        .forEach(path -> differences.add(path + " appeared"));
    assertThat(differences.subList(0, Math.min(5, differences.size())))
        .as("%d of %d nodes differ", differences.size(), nodes.size())
        .isEmpty();
  }
}
