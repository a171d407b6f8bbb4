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

  /** A watch event of so many bytes, without its length, went out. */
  default void event(int bytes) {}

  /**
   * A znode was read: its data, its stat or its children's names.
   *
   * @param bytes of data, or of names
   */
  default void read(String path, long bytes) {}

  /** A request has to wait, and with it so many of its connection wait. */
  default void waits(int requests) {}

  /** So many reads had waited behind a write, and were answered behind it. */
  default void behindWrite(int reads) {}

  /**
   * The loop has followed the feed by at least one item.
   *
   * @param startNanos the time that {@link View#advance} was given
   */
  default void walked(Walk walk, long startNanos) {}

  /** A quota of throughput has a client wait for so long before its next request. */
  default void delayed(long nanos) {}

  /** A write is held back because there is enough in work. */
  default void throttleWaits() {}

  /** A write has gone on to the core, or to its refusal, after so long. */
  default void throttled(long nanos) {}

  /** A write is answered with THROTTLEDOP, having waited for too long. */
  default void opThrottled() {}

  /** A write is dropped, and those behind it, since nobody waits for it any more. */
  default void staleDropped() {}

  /** A write is done although nobody waits for it any more. */
  default void stale() {}

  /** The watches of a connection that has gone are going to be removed. */
  default void clearsWatches() {}

  /** They are. */
  default void clearedWatches() {}

  /** A client is turned away because there is no leader. */
  default void turnedAway() {}

  /** A client comes back with a session it has. */
  default void revalidated() {}

  /** A client has said by the scheme ensemble which ensemble it means. */
  default void ensembleNamed(EnsembleName name) {}

  /** What the name was worth. */
  enum EnsembleName {
    RIGHT,
    WRONG,
    /** There was none, or none is known here. */
    SKIPPED
  }

  /** A client could not prove who it is. */
  void authFailed();
}
