package io.paddock.frontend;

/**
 * One path of the watch table and the connections that watch it. A watching connection is one int:
 * its number, a mark and the modes. The first is held in the object itself, since most watched
 * paths have a single watcher (each lock waits on its own predecessor); more make an open-addressed
 * table of ints.
 */
final class WatchedPath {
  static final int MODE_BITS = 5;
  static final int MODES = (1 << MODE_BITS) - 1;
  private static final int MARK = 1 << MODE_BITS;
  private static final int ID_SHIFT = MODE_BITS + 1;
  private static final int CROWD_MIN = 8;

  final byte[] key;
  final int hash;

  /** The next path in the same bucket. */
  WatchedPath next;

  private int single;
  private Crowd crowd;

  WatchedPath(byte[] key, int hash) {
    this.key = key;
    this.hash = hash;
  }

  boolean isEmpty() {
    return single == 0 && crowd == null;
  }

  /** The modes under which connection {@code id} watches; 0 when it does not. */
  int modes(int id) {
    return code(id) & MODES;
  }

  /** Marks connection {@code id}; false when it was marked already. */
  boolean mark(int id) {
    int code = code(id);
    put(id, code | MARK);
    return (code & MARK) == 0;
  }

  void unmark(int id) {
    put(id, code(id) & ~MARK);
  }

  /** Sets the modes of connection {@code id}; 0 removes it. */
  void set(int id, int modes) {
    if (modes == 0) {
      remove(id);
    } else {
      put(id, id << ID_SHIFT | modes);
    }
  }

  /** How many slots {@link #slot} has; some may be empty. */
  int slots() {
    return crowd == null ? 1 : crowd.codes.length;
  }

  /** The code in a slot; 0 when it is empty. */
  int slot(int index) {
    return crowd == null ? single : crowd.codes[index];
  }

  static int id(int code) {
    return code >>> ID_SHIFT;
  }

  /** Takes {@code modes} away from every connection, in one pass. */
  void clearAll(int modes) {
    if (crowd == null) {
      single = (single & MODES & ~modes) == 0 ? 0 : single & ~modes;
      return;
    }
    int left = 0;
    int last = 0;
    int[] codes = crowd.codes;
    for (int i = 0; i < codes.length; i++) {
      int code = codes[i];
      codes[i] = (code & MODES & ~modes) == 0 ? 0 : code & ~modes;
      if (codes[i] != 0) {
        left++;
        last = codes[i];
      }
    }
    if (left < crowd.size) {
      settle(left, last);
    }
  }

  private int code(int id) {
    if (crowd != null) {
      return crowd.codes[crowd.find(id)];
    }
    return single >>> ID_SHIFT == id ? single : 0;
  }

  private void put(int id, int code) {
    if (crowd == null) {
      if (single == 0 || single >>> ID_SHIFT == id) {
        single = code;
        return;
      }
      crowd = new Crowd(CROWD_MIN);
      crowd.put(single);
      single = 0;
    }
    if (crowd.size >= crowd.codes.length / 2 && crowd.codes[crowd.find(id)] == 0) {
      crowd = crowd.copy(crowd.codes.length * 2);
    }
    crowd.put(code);
  }

  private void remove(int id) {
    if (crowd == null) {
      if (single >>> ID_SHIFT == id) {
        single = 0;
      }
      return;
    }
    crowd.remove(id);
    if (crowd.size <= 1) {
      int last = 0;
      for (int code : crowd.codes) {
        last |= code;
      }
      settle(crowd.size, last);
    }
  }

  /** Rebuilds after removals: none, one (kept in the object) or a table of the right size. */
  private void settle(int left, int last) {
    if (left <= 1) {
      crowd = null;
      single = last;
      return;
    }
    int capacity = CROWD_MIN;
    while (capacity < left * 2) {
      capacity *= 2;
    }
    crowd = crowd.copy(capacity);
  }

  /** An open-addressed set of codes keyed by connection number, at most half full. */
  private static final class Crowd {
    final int[] codes;
    int size;

    Crowd(int capacity) {
      codes = new int[capacity];
    }

    /** The slot of {@code id}, or the empty one where it would go. */
    int find(int id) {
      int mask = codes.length - 1;
      int at = home(id, mask);
      while (codes[at] != 0 && codes[at] >>> ID_SHIFT != id) {
        at = at + 1 & mask;
      }
      return at;
    }

    void put(int code) {
      int at = find(code >>> ID_SHIFT);
      if (codes[at] == 0) {
        size++;
      }
      codes[at] = code;
    }

    /** Closes the gap, so that no probe ends too early. */
    void remove(int id) {
      int mask = codes.length - 1;
      int gap = find(id);
      if (codes[gap] == 0) {
        return;
      }
      size--;
      codes[gap] = 0;
      for (int at = gap + 1 & mask; codes[at] != 0; at = at + 1 & mask) {
        int home = home(codes[at] >>> ID_SHIFT, mask);
        if ((at - home & mask) >= (at - gap & mask)) {
          codes[gap] = codes[at];
          codes[at] = 0;
          gap = at;
        }
      }
    }

    Crowd copy(int capacity) {
      Crowd copy = new Crowd(capacity);
      for (int code : codes) {
        if (code != 0) {
          copy.put(code);
        }
      }
      return copy;
    }

    private static int home(int id, int mask) {
      return id * 0x9E3779B9 >>> 7 & mask;
    }
  }
}
