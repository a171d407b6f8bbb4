package io.paddock.tree;

/**
 * A session: its timeout and the paths of its ephemerals.
 *
 * @param timeoutMs -1 when only the ephemerals are known, and the session itself is not
 */
record Session(int timeoutMs, PersistentMap<String, Boolean> ephemerals) {
  static final int UNKNOWN = -1;

  boolean isAlive() {
    return timeoutMs != UNKNOWN;
  }

  Session with(String path) {
    return new Session(timeoutMs, ephemerals.put(path, true));
  }

  Session without(String path) {
    return new Session(timeoutMs, ephemerals.remove(path));
  }
}
