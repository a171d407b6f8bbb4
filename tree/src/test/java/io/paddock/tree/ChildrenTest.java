package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildrenTest {
  private static Leaf leaf(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return Leaf.of(
        Slice.of(bytes),
        Slice.of(null),
        new Stamp(1, 2),
        Owner.of(0, TreeSettings.DEFAULT),
        AclList.OPEN);
  }

  private static int hash(NameHash names, String name) {
    return names.of(name, 0, name.length());
  }

  private static Node get(Children children, NameHash names, String name) {
    return children.get(hash(names, name), 0, name, 0, name.length());
  }

  @Test
  void aMillionChildrenAreFoundAndRemoved() {
    NameHash names = new NameHash(99);
    Children children = null;
    int count = 1_000_000;
    for (int i = 0; i < count; i++) {
      String name = "n" + i;
      Leaf leaf = leaf(name);
      int hash = hash(names, name);
      children = children == null ? Bucket.of(leaf, hash) : children.add(leaf, hash, 0, names);
    }
    assertThat(children.size()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      String name = "n" + i;
      Node node = get(children, names, name);
      assertThat(node != null && node.name().equals(name)).isTrue();
      if (i % 10 != 0) {
        children = children.remove(node, hash(names, name), 0, names);
      }
    }
    assertThat(children.size()).isEqualTo(count / 10);
    int[] seen = new int[1];
    children.forEach(node -> seen[0]++);
    assertThat(seen[0]).isEqualTo(count / 10);
    assertThat(get(children, names, "n11")).isNull();
    assertThat(get(children, names, "n10").name()).isEqualTo("n10");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 0x3fffffff, 0x07000000, 0x00ff0000})
  void everyHashFunctionKeepsChildrenApart(int mask) {
    NameHash names = new NameHash(5, mask);
    Random random = new Random(mask);
    Map<String, Node> model = new HashMap<>();
    List<Children> before = new ArrayList<>();
    List<Map<String, Node>> modelsBefore = new ArrayList<>();
    Children children = null;
    for (int i = 0; i < 4000; i++) {
      // Grows at first, shrinks to nothing in the end.
      String name = "n" + random.nextInt(400);
      boolean grow = random.nextInt(4000) > i;
      Node known = model.get(name);
      int hash = hash(names, name);
      if (grow && known == null) {
        Leaf leaf = leaf(name);
        children = children == null ? Bucket.of(leaf, hash) : children.add(leaf, hash, 0, names);
        model.put(name, leaf);
      } else if (grow) {
        Leaf other = leaf(name);
        children = children.replace(known, other, hash, 0);
        model.put(name, other);
      } else if (known != null) {
        children = children.remove(known, hash, 0, names);
        model.remove(name);
      }
      if (i % 200 == 0 && children != null) {
        before.add(children);
        modelsBefore.add(new HashMap<>(model));
      }
      assertThat(children == null ? 0 : children.size()).isEqualTo(model.size());
    }
    for (int i = 0; i < before.size(); i++) {
      assertSame(before.get(i), modelsBefore.get(i), names);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 48, 49, 1000, 5000})
  void childrenMadeAtOnceEqualThoseMadeOneByOne(int count) {
    for (int mask : new int[] {-1, 0, 7}) {
      NameHash names = new NameHash(17, mask);
      Node[] nodes = new Node[count];
      int[] hashes = new int[count];
      Map<String, Node> model = new HashMap<>();
      for (int i = 0; i < count; i++) {
        nodes[i] = leaf("ü" + i);
        hashes[i] = nodes[i].nameHash(names);
        model.put("ü" + i, nodes[i]);
      }
      Children children = Children.of(nodes, hashes, count, 0);
      java.util.Arrays.fill(nodes, null);
      assertSame(children, model, names);
    }
  }

  private static void assertSame(Children children, Map<String, Node> model, NameHash names) {
    assertThat(children.size()).isEqualTo(model.size());
    model.forEach((name, node) -> assertThat(get(children, names, name)).isSameAs(node));
    Node[] all = new Node[model.size()];
    assertThat(children.copyTo(all, 0)).isEqualTo(model.size());
    assertThat(all).containsExactlyInAnyOrderElementsOf(model.values());
  }
}
