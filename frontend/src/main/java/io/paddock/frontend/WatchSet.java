package io.paddock.frontend;

import java.util.Arrays;

/**
 * The watches of one connection, seen from its side: which paths of the table name it, so that they
 * can be cleared when it closes. An entry that no longer names it stays in the list until the list
 * is half stale; so a fired watch costs nothing here.
 */
final class WatchSet {
  private static final int STALE_MIN = 16;

  final Watcher watcher;
  final int id;

  /** The last trigger that told this connection: one event per connection and trigger. */
  long toldAt;

  private WatchedPath[] paths = new WatchedPath[2];
  private int size;
  private int live;

  WatchSet(Watcher watcher, int id) {
    this.watcher = watcher;
    this.id = id;
  }

  /** Paths that name this connection now. */
  int live() {
    return live;
  }

  void add(WatchedPath path) {
    if (size == paths.length) {
      if (size - live > STALE_MIN + size / 2) {
        compact();
      }
      if (size == paths.length) {
        paths = Arrays.copyOf(paths, size + (size >> 1) + 1);
      }
    }
    paths[size++] = path;
    live++;
  }

  /** One of the paths has stopped to name this connection. */
  void drop() {
    live--;
    if (live == 0) {
      // Nothing listed is ours any more: a large list is given back.
      if (paths.length > STALE_MIN) {
        paths = new WatchedPath[2];
      } else {
        Arrays.fill(paths, 0, size, null);
      }
      size = 0;
    }
  }

  int size() {
    return size;
  }

  /** The path at {@code index} of the list; it may be stale, and may stand there more than once. */
  WatchedPath at(int index) {
    return paths[index];
  }

  /** A path that fired and was watched again stands twice: the mark keeps the first only. */
  private void compact() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      WatchedPath path = paths[i];
      if (path.modes(id) != 0 && path.mark(id)) {
        paths[kept++] = path;
      }
    }
    for (int i = 0; i < kept; i++) {
      paths[i].unmark(id);
    }
    int capacity = kept + (kept >> 1) + 2;
    paths = Arrays.copyOf(paths, Math.min(Math.max(capacity, 2), paths.length));
    if (kept < paths.length) {
      Arrays.fill(paths, kept, paths.length, null);
    }
    size = kept;
  }
}
