package io.paddock.tree;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A few children in no order, each with eight bits of its hash beside it, so that a search touches
 * hardly any child but the one it looks for.
 */
final class Bucket extends Children {
  /**
   * Above this a bucket splits in eight, so that buckets hold 6 to 48 children: some 9 bytes of
   * overhead for each, at a copy of some 200 bytes per change.
   */
  static final int SIZE_MAX = 48;

  private final Node[] nodes;
  private final byte[] tags;

  private Bucket(Node[] nodes, byte[] tags) {
    this.nodes = nodes;
    this.tags = tags;
  }

  /** A bucket of the first {@code count} nodes; the arrays stay the caller's. */
  static Bucket of(Node[] nodes, int[] hashes, int count) {
    byte[] tags = new byte[count];
    for (int i = 0; i < count; i++) {
      tags[i] = tag(hashes[i]);
    }
    return new Bucket(Arrays.copyOf(nodes, count), tags);
  }

  static Bucket of(Node child, int hash) {
    return new Bucket(new Node[] {child}, new byte[] {tag(hash)});
  }

  @Override
  int size() {
    return nodes.length;
  }

  @Override
  Node get(int hash, int shift, String path, int from, int to) {
    byte tag = tag(hash);
    byte[] tags = this.tags;
    for (int i = 0; i < tags.length; i++) {
      if (tags[i] == tag && nodes[i].nameIs(path, from, to)) {
        return nodes[i];
      }
    }
    return null;
  }

  @Override
  Children add(Node child, int hash, int shift, NameHash names) {
    int count = nodes.length;
    Node[] more = Arrays.copyOf(nodes, count + 1);
    more[count] = child;
    if (count >= SIZE_MAX && shift < SHIFT_MAX) {
      int[] hashes = new int[count + 1];
      for (int i = 0; i < count; i++) {
        hashes[i] = more[i].nameHash(names);
      }
      hashes[count] = hash;
      return Children.of(more, hashes, count + 1, shift);
    }
    byte[] moreTags = Arrays.copyOf(tags, count + 1);
    moreTags[count] = tag(hash);
    return new Bucket(more, moreTags);
  }

  @Override
  Children replace(Node old, Node child, int hash, int shift) {
    Node[] others = nodes.clone();
    others[indexOf(old, hash)] = child;
    return new Bucket(others, tags);
  }

  @Override
  Children remove(Node old, int hash, int shift, NameHash names) {
    int last = nodes.length - 1;
    if (last == 0) {
      return null;
    }
    int at = indexOf(old, hash);
    Node[] fewer = Arrays.copyOf(nodes, last);
    byte[] fewerTags = Arrays.copyOf(tags, last);
    if (at < last) {
      fewer[at] = nodes[last];
      fewerTags[at] = tags[last];
    }
    return new Bucket(fewer, fewerTags);
  }

  @Override
  void forEach(Consumer<Node> visitor) {
    for (Node node : nodes) {
      visitor.accept(node);
    }
  }

  @Override
  int copyTo(Node[] into, int at) {
    System.arraycopy(nodes, 0, into, at, nodes.length);
    return at + nodes.length;
  }

  private int indexOf(Node child, int hash) {
    byte tag = tag(hash);
    for (int i = 0; i < nodes.length; i++) {
      if (tags[i] == tag && nodes[i] == child) {
        return i;
      }
    }
    throw new IllegalStateException("no child " + child.name());
  }

  /** Bits that the upper levels of a fan do not use. */
  private static byte tag(int hash) {
    return (byte) (hash >>> 24);
  }
}
