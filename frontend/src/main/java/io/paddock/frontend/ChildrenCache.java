package io.paddock.frontend;

import io.paddock.tree.Node;
import io.paddock.wire.JuteWriter;
import java.lang.ref.WeakReference;
import java.util.Arrays;

/**
 * The lists of children of the wide znodes that were read last, as they go out. A znode is
 * immutable, so a list is right for as long as the same object is asked for. A list is kept when it
 * is asked for the second time: a queue whose children change between two reads costs nothing more.
 * Weak references, so that old trees are not kept alive. One loop's.
 */
final class ChildrenCache {
  private static final int CHILDREN_MIN = 128;
  private static final int LISTS = 8;
  private static final int BYTES_MAX = 4 << 20;

  /** A znode that was asked for, and its list from the second time on. */
  private static final class Entry {
    final WeakReference<Node> node;
    byte[] list;

    Entry(Node node) {
      this.node = new WeakReference<>(node);
    }
  }

  private final Entry[] entries = new Entry[LISTS];
  private int oldest;

  /** Writes the children's names as a vector. */
  void write(Node node, JuteWriter out) {
    if (node.childCount() < CHILDREN_MIN) {
      node.writeChildren(out);
      return;
    }
    Entry entry = find(node);
    if (entry == null) {
      entries[oldest] = new Entry(node);
      oldest = (oldest + 1) % LISTS;
      node.writeChildren(out);
    } else if (entry.list == null) {
      int start = out.size();
      node.writeChildren(out);
      if (out.size() - start <= BYTES_MAX) {
        entry.list = Arrays.copyOfRange(out.array(), start, out.size());
      }
    } else {
      out.writeRaw(entry.list, 0, entry.list.length);
    }
  }

  private Entry find(Node node) {
    for (Entry entry : entries) {
      if (entry != null && entry.node.get() == node) {
        return entry;
      }
    }
    return null;
  }
}
