package io.paddock.server;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one loop on their way through a {@link TlsDoor}, as many as there may be.
 * Where there is no room for another one, one gives way from which nothing has come for longest; so
 * whoever leaves handshakes half done does not keep others from theirs. Belongs to the loop.
 */
final class Handshakes {
  /** So long may a network take. */
  private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Few wait for this server and not for the other end. */
  private static final int LOOKED_AT_MAX = 64;

  private final int doorsMax;
  private final int toldMax;
  private final AtomicInteger all;
  private final Set<TlsDoor> doors = new LinkedHashSet<>();

  /**
   * @param doorsMax of this loop
   * @param toldMax of all loops, when an operator has said so; -1 when not. Then nobody gives way
   * @param all counts those of all loops
   */
  Handshakes(int doorsMax, int toldMax, AtomicInteger all) {
    this.doorsMax = doorsMax;
    this.toldMax = toldMax;
    this.all = all;
  }

  /** Lets one more in, if it can be. */
  boolean enter(TlsDoor door) {
    if (toldMax >= 0 ? all.get() >= toldMax : doors.size() >= doorsMax && !makeRoom()) {
      return false;
    }
    doors.add(door);
    all.incrementAndGet();
    return true;
  }

  private boolean makeRoom() {
    long now = System.nanoTime();
    Iterator<TlsDoor> silent = doors.iterator();
    for (int i = 0; i < LOOKED_AT_MAX && silent.hasNext(); i++) {
      TlsDoor door = silent.next();
      if (now - door.heardNanos() < SILENT_NANOS) {
        return false;
      }
      if (!door.waitsForServer()) {
        door.giveWay();
        return true;
      }
    }
    return false;
  }

  /** Something has come. */
  void heard(TlsDoor door) {
    if (doors.remove(door)) {
      doors.add(door);
    }
  }

  /** It is through, or gone. */
  void leave(TlsDoor door) {
    if (doors.remove(door)) {
      all.decrementAndGet();
    }
  }

  int size() {
    return doors.size();
  }
}
