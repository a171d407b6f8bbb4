package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts everything a tree holds anew and compares it with what the tree keeps. */
final class TreeCheck {
  private final Tree tree;
  private final Digester digester = new Digester();
  private long digest;
  private int nodes;
  private long dataBytes;
  private int quotas;
  private final Map<AclList, Integer> aclUses = new HashMap<>();
  private final TreeSet<String> containers = new TreeSet<>();
  private final TreeSet<String> ttls = new TreeSet<>();
  private final TreeMap<Long, TreeSet<String>> ephemerals = new TreeMap<>();

  private TreeCheck(Tree tree) {
    this.tree = tree;
  }

  private record Place(String path, Node node) {}

  static void check(Tree tree) {
    TreeCheck check = new TreeCheck(tree);
    check.walk();
    check.compare();
  }

  private void walk() {
    ArrayDeque<Place> open = new ArrayDeque<>();
    open.push(new Place("", tree.root()));
    while (!open.isEmpty()) {
      Place place = open.pop();
      visit(place.path, place.node);
      int[] count = new int[1];
      place.node.forEachChild(
          (name, child) -> {
            count[0]++;
            open.push(new Place(place.path + "/" + name, child));
          });
      assertThat(count[0]).as("children of " + place.path).isEqualTo(place.node.childCount());
    }
  }

  private void visit(String path, Node node) {
    assertThat(tree.find(path)).as("found at " + path).isSameAs(node);
    nodes++;
    dataBytes += path.length() + node.dataLength();
    if (!Digester.isExcluded(path, path.length())) {
      long fresh = digester.of(node, path, path.length());
      assertThat(node.digest(digester, path, path.length()))
          .as("digest of " + path)
          .isEqualTo(fresh);
      digest += fresh;
    }
    if (Quotas.isBookkeeping(path, Quotas.LIMITS)) {
      quotas++;
    }
    if (node.acl() != AclList.OPEN) {
      aclUses.merge(node.acl(), 1, Integer::sum);
      assertThat(tree.registry.acls().get(node.acl()).list())
          .as("shared list")
          .isSameAs(node.acl());
    }
    switch (node.ownerType()) {
      case PERSISTENT -> assertThat(node.owner()).isZero();
      case EPHEMERAL -> {
        ephemerals.computeIfAbsent(node.owner(), id -> new TreeSet<>()).add(path);
        assertThat(node.childCount()).as("children of ephemeral " + path).isZero();
      }
      case CONTAINER -> containers.add(path);
      case TTL -> ttls.add(path);
    }
  }

  private void compare() {
    assertThat(tree.nodeCount()).as("znodes").isEqualTo(nodes + 1);
    assertThat(tree.dataBytes()).as("bytes of data").isEqualTo(dataBytes + 1);
    assertThat(tree.digest()).as("digest").isEqualTo(digest);
    assertThat(tree.quotas).as("quotas").isEqualTo(quotas);
    assertThat(tree.containers()).containsExactlyElementsOf(containers);
    assertThat(tree.ttls()).containsExactlyElementsOf(ttls);
    assertThat(tree.registry.acls().size()).as("lists").isEqualTo(aclUses.size());
    aclUses.forEach(
        (list, count) ->
            assertThat(tree.registry.acls().get(list).count()).as("uses").isEqualTo(count));
    int[] sum = new int[1];
    TreeMap<Long, TreeSet<String>> kept = new TreeMap<>();
    tree.forEachEphemeralOwner(
        (id, paths) -> {
          kept.put(id, new TreeSet<>(paths));
          sum[0] += paths.size();
        });
    assertThat(kept).isEqualTo(ephemerals);
    assertThat(tree.ephemeralCount()).isEqualTo(sum[0]);
    int[] sessions = new int[1];
    tree.forEachSession((id, timeoutMs) -> sessions[0]++);
    assertThat(tree.sessionCount()).isEqualTo(sessions[0]);
    assertThat(tree.root().descendantCount()).isEqualTo(nodes - 1);
  }
}
