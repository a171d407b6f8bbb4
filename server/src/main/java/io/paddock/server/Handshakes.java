package io.paddock.server;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one loop on their way through a {@link TlsHandshakeHandler}, as many as there
 * may be. Where there is no room for another one, one gives way from which nothing has come for
 * longest; so whoever leaves handshakes half done does not keep others from theirs. Belongs to the
 * loop.
 */
final class Handshakes {
  /** So long may a network take. */
  private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Few wait for this server and not for the other end. */
  private static final int LOOKED_AT_MAX = 64;

  private final int waitingMax;
  private final int operatorsMax;
  private final AtomicInteger all;
  private final Set<TlsHandshakeHandler> waiting = new LinkedHashSet<>();

  /**
   * @param waitingMax of this loop
   * @param operatorsMax of all loops, when an operator has said so; -1 when not. Then nobody gives
   *     way
   * @param all counts those of all loops
   */
  Handshakes(int waitingMax, int operatorsMax, AtomicInteger all) {
    this.waitingMax = waitingMax;
    this.operatorsMax = operatorsMax;
    this.all = all;
  }

  /** Lets one more in, if it can be. */
  boolean enter(TlsHandshakeHandler handler) {
    if (operatorsMax >= 0
        ? all.get() >= operatorsMax
        : waiting.size() >= waitingMax && !makeRoom()) {
      return false;
    }
    waiting.add(handler);
    all.incrementAndGet();
    return true;
  }

  private boolean makeRoom() {
    long now = System.nanoTime();
    Iterator<TlsHandshakeHandler> silent = waiting.iterator();
    for (int i = 0; i < LOOKED_AT_MAX && silent.hasNext(); i++) {
      TlsHandshakeHandler handler = silent.next();
      if (now - handler.heardNanos() < SILENT_NANOS) {
        return false;
      }
      if (!handler.waitsForServer()) {
        handler.giveWay();
        return true;
      }
    }
    return false;
  }

  /** Something has come. */
  void heard(TlsHandshakeHandler handler) {
    if (waiting.remove(handler)) {
      waiting.add(handler);
    }
  }

  /** It is through, or gone. */
  void leave(TlsHandshakeHandler handler) {
    if (waiting.remove(handler)) {
      all.decrementAndGet();
    }
  }

  int size() {
    return waiting.size();
  }
}
