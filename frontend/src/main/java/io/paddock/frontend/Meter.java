package io.paddock.frontend;

import io.paddock.tree.Change;

/**
 * Who counts what goes over all connections of a loop. Called in that loop, on the way of every
 * request: an implementation adds numbers and does nothing else.
 */
public interface Meter {
  /** Counts nothing. */
  Meter NONE =
      new Meter() {
        @Override
        public void received() {}

        @Override
        public void eventSent() {}

        @Override
        public void replied(boolean transaction, int bytes, long latencyNanos) {}

        @Override
        public void fired(Change.Kind kind, int events) {}

        @Override
        public void authFailed() {}
      };

  /** A frame came in. */
  void received();

  /** A watch event went out. */
  void eventSent();

  /**
   * A reply went out.
   *
   * @param transaction whether it answers a write
   * @param bytes of the reply, without its length
   * @param latencyNanos since the request came in
   */
  void replied(boolean transaction, int bytes, long latencyNanos);

  /** A change was told to so many connections, at least one. */
  void fired(Change.Kind kind, int events);

  /** A client comes back with a session it has. */
  default void revalidated() {}

  /** A client could not prove who it is. */
  void authFailed();
}
