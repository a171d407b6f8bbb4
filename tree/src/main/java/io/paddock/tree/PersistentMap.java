package io.paddock.tree;

import java.util.AbstractSet;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A sorted map that never changes: {@link #put} and {@link #remove} give another map that shares
 * nearly all of it. A height-balanced binary tree (Adelson-Velsky and Landis), so that no choice of
 * keys makes it slow and its order is the same everywhere.
 */
final class PersistentMap<K extends Comparable<? super K>, V> {
  private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(null, 0);

  private final Entry<K, V> root;
  private final int size;

  private PersistentMap(Entry<K, V> root, int size) {
    this.root = root;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // it holds nothing
  static <K extends Comparable<? super K>, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Null when the key is not there. */
  V get(K key) {
    Entry<K, V> entry = root;
    while (entry != null) {
      int order = key.compareTo(entry.key);
      if (order == 0) {
        return entry.value;
      }
      entry = order < 0 ? entry.left : entry.right;
    }
    return null;
  }

  /**
   * @param value not null
   */
  PersistentMap<K, V> put(K key, V value) {
    V before = get(key);
    return before == value
        ? this
        : new PersistentMap<>(put(root, key, value), before == null ? size + 1 : size);
  }

  PersistentMap<K, V> remove(K key) {
    return get(key) == null ? this : new PersistentMap<>(remove(root, key), size - 1);
  }

  /** Shows the entries in the order of their keys. */
  void forEach(BiConsumer<K, V> visitor) {
    forEach(root, visitor);
  }

  /** The keys in their order. */
  Set<K> keys() {
    return new AbstractSet<>() {
      @Override
      public Iterator<K> iterator() {
        return new Keys<>(root);
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  private static <K extends Comparable<? super K>, V> void forEach(
      Entry<K, V> entry, BiConsumer<K, V> visitor) {
    if (entry != null) {
      forEach(entry.left, visitor);
      visitor.accept(entry.key, entry.value);
      forEach(entry.right, visitor);
    }
  }

  private static <K extends Comparable<? super K>, V> Entry<K, V> put(
      Entry<K, V> entry, K key, V value) {
    if (entry == null) {
      return new Entry<>(key, value, null, null);
    }
    int order = key.compareTo(entry.key);
    if (order == 0) {
      return new Entry<>(entry.key, value, entry.left, entry.right);
    }
    return order < 0
        ? balanced(entry, put(entry.left, key, value), entry.right)
        : balanced(entry, entry.left, put(entry.right, key, value));
  }

  private static <K extends Comparable<? super K>, V> Entry<K, V> remove(Entry<K, V> entry, K key) {
    int order = key.compareTo(entry.key);
    if (order < 0) {
      return balanced(entry, remove(entry.left, key), entry.right);
    }
    if (order > 0) {
      return balanced(entry, entry.left, remove(entry.right, key));
    }
    if (entry.left == null || entry.right == null) {
      return entry.left == null ? entry.right : entry.left;
    }
    Entry<K, V> next = entry.right;
    while (next.left != null) {
      next = next.left;
    }
    return balanced(next, entry.left, remove(entry.right, next.key));
  }

  /** {@code at} over two trees whose heights differ by two at most. */
  private static <K extends Comparable<? super K>, V> Entry<K, V> balanced(
      Entry<K, V> at, Entry<K, V> left, Entry<K, V> right) {
    int lean = height(left) - height(right);
    if (lean > 1) {
      if (height(left.left) >= height(left.right)) {
        return with(left, left.left, with(at, left.right, right));
      }
      Entry<K, V> top = left.right;
      return with(top, with(left, left.left, top.left), with(at, top.right, right));
    }
    if (lean < -1) {
      if (height(right.right) >= height(right.left)) {
        return with(right, with(at, left, right.left), right.right);
      }
      Entry<K, V> top = right.left;
      return with(top, with(at, left, top.left), with(right, top.right, right.right));
    }
    return with(at, left, right);
  }

  private static <K extends Comparable<? super K>, V> Entry<K, V> with(
      Entry<K, V> at, Entry<K, V> left, Entry<K, V> right) {
    return new Entry<>(at.key, at.value, left, right);
  }

  private static int height(Entry<?, ?> entry) {
    return entry == null ? 0 : entry.height;
  }

  private static final class Entry<K extends Comparable<? super K>, V> {
    final K key;
    final V value;
    final Entry<K, V> left;
    final Entry<K, V> right;
    final int height;

    Entry(K key, V value, Entry<K, V> left, Entry<K, V> right) {
      this.key = key;
      this.value = value;
      this.left = left;
      this.right = right;
      this.height = 1 + Math.max(PersistentMap.height(left), PersistentMap.height(right));
    }
  }

  private static final class Keys<K extends Comparable<? super K>> implements Iterator<K> {
    private final ArrayDeque<Entry<K, ?>> open = new ArrayDeque<>();

    Keys(Entry<K, ?> root) {
      descend(root);
    }

    @Override
    public boolean hasNext() {
      return !open.isEmpty();
    }

    @Override
    public K next() {
      if (open.isEmpty()) {
        throw new NoSuchElementException();
      }
      Entry<K, ?> entry = open.pop();
      descend(entry.right);
      return entry.key;
    }

    private void descend(Entry<K, ?> entry) {
      for (Entry<K, ?> next = entry; next != null; next = next.left) {
        open.push(next);
      }
    }
  }
}
