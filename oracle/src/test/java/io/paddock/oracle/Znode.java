package io.paddock.oracle;

import io.paddock.oracle.History.Write;
import java.util.TreeMap;

/** The life of one znode as a history tells it: when it came, what it held, when it went. */
final class Znode {
  static final long NEVER = Long.MAX_VALUE;

  /** Data from a zxid on; {@code version} -1 while nobody has said it. */
  record Held(Write write, int version) {}

  final String path;

  /** By zxid; the first is the creation. */
  final TreeMap<Long, Held> held = new TreeMap<>();

  Write creator;
  long createdAt = NEVER;
  long removedAt = NEVER;

  /** A delete of unknown outcome was asked for. */
  boolean mayBeDeleted;

  /** Sets of unknown outcome that nobody has seen the effect of. */
  int setsOpen;

  /** The session that it goes with; 0 for a persistent one. */
  long owner;

  long presentMax = -1;
  long absentMin = NEVER;

  Znode(String path) {
    this.path = path;
  }

  /**
   * Whether it must be there at {@code zxid}, by what is known for sure of its coming and going.
   */
  boolean isAt(long zxid) {
    return createdAt <= zxid && zxid < removedAt;
  }
}
