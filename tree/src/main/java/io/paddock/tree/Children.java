package io.paddock.tree;

import java.util.function.Consumer;

/**
 * A znode's children by the hash of their names: a {@link Bucket} while they are few, then a {@link
 * Fan} of eight by three bits of the hash per level, with buckets at its ends. Immutable; changes
 * copy the way to the bucket.
 */
abstract class Children {
  /** Bits of the hash that one level uses. */
  static final int LEVEL_BITS = 3;

  /** From this shift on there are no bits left: buckets then hold what collides, however much. */
  static final int SHIFT_MAX = 30;

  abstract int size();

  /** The child named {@code path[from, to)}; null when there is none. */
  abstract Node get(int hash, int shift, String path, int from, int to);

  /** With one more child, whose name is not there yet. */
  abstract Children add(Node child, int hash, int shift, NameHash names);

  /** With another node in the place of {@code old}, which is there. */
  abstract Children replace(Node old, Node child, int hash, int shift);

  /** Without {@code old}, which is there; null when it was the last. */
  abstract Children remove(Node old, int hash, int shift, NameHash names);

  abstract void forEach(Consumer<Node> visitor);

  /** Copies the children to {@code into[at…]} and returns the index after the last. */
  abstract int copyTo(Node[] into, int at);

  /** The slot of a hash at a level. */
  static int slot(int hash, int shift) {
    return hash >>> shift & (1 << LEVEL_BITS) - 1;
  }

  /**
   * Children of these nodes, whose names differ. The arrays stay the caller's.
   *
   * @param hashes of the names, sorted nowhere
   */
  static Children of(Node[] nodes, int[] hashes, int count, int shift) {
    if (count <= Bucket.SIZE_MAX || shift >= SHIFT_MAX) {
      return Bucket.of(nodes, hashes, count);
    }
    int slots = 1 << LEVEL_BITS;
    int[] counts = new int[slots];
    for (int i = 0; i < count; i++) {
      counts[slot(hashes[i], shift)]++;
    }
    Children[] fan = new Children[slots];
    for (int s = 0; s < slots; s++) {
      if (counts[s] > 0) {
        Node[] some = new Node[counts[s]];
        int[] someHashes = new int[counts[s]];
        int n = 0;
        for (int i = 0; i < count; i++) {
          if (slot(hashes[i], shift) == s) {
            some[n] = nodes[i];
            someHashes[n++] = hashes[i];
          }
        }
        fan[s] = of(some, someHashes, n, shift + LEVEL_BITS);
      }
    }
    return new Fan(fan, count);
  }
}
