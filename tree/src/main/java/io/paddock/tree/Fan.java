package io.paddock.tree;

import java.util.function.Consumer;

/** Many children: eight slots by three bits of the hash. */
final class Fan extends Children {
  /** At so many a fan becomes a bucket again: well below the split, so that it does not flutter. */
  private static final int COLLAPSE_AT = 16;

  private final Children[] slots;
  private final int size;

  Fan(Children[] slots, int size) {
    this.slots = slots;
    this.size = size;
  }

  @Override
  int size() {
    return size;
  }

  @Override
  Node get(int hash, int shift, String path, int from, int to) {
    Children slot = slots[slot(hash, shift)];
    while (slot instanceof Fan fan) {
      shift += LEVEL_BITS;
      slot = fan.slots[slot(hash, shift)];
    }
    return slot == null ? null : slot.get(hash, shift, path, from, to);
  }

  @Override
  Children add(Node child, int hash, int shift, NameHash names) {
    Children slot = slots[slot(hash, shift)];
    return with(
        slot == null ? Bucket.of(child, hash) : slot.add(child, hash, shift + LEVEL_BITS, names),
        hash,
        shift,
        size + 1);
  }

  @Override
  Children replace(Node old, Node child, int hash, int shift) {
    Children slot = slots[slot(hash, shift)];
    return with(slot.replace(old, child, hash, shift + LEVEL_BITS), hash, shift, size);
  }

  @Override
  Children remove(Node old, int hash, int shift, NameHash names) {
    Children slot = slots[slot(hash, shift)];
    Fan fewer = with(slot.remove(old, hash, shift + LEVEL_BITS, names), hash, shift, size - 1);
    return fewer.size > COLLAPSE_AT ? fewer : fewer.collapsed(names);
  }

  @Override
  void forEach(Consumer<Node> visitor) {
    for (Children slot : slots) {
      if (slot != null) {
        slot.forEach(visitor);
      }
    }
  }

  @Override
  int copyTo(Node[] into, int at) {
    for (Children slot : slots) {
      if (slot != null) {
        at = slot.copyTo(into, at);
      }
    }
    return at;
  }

  private Fan with(Children slot, int hash, int shift, int newSize) {
    Children[] others = slots.clone();
    others[slot(hash, shift)] = slot;
    return new Fan(others, newSize);
  }

  private Children collapsed(NameHash names) {
    Node[] nodes = new Node[size];
    copyTo(nodes, 0);
    int[] hashes = new int[size];
    for (int i = 0; i < size; i++) {
      hashes[i] = nodes[i].nameHash(names);
    }
    return Bucket.of(nodes, hashes, size);
  }
}
