package io.paddock.machine;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Remembers what was told of whom, so that each address is told of once an hour for each thing, and
 * nobody can fill a disk with it: an address that always shows something else, as with certificates
 * that it makes up, is told of {@value #OF_ONE_ADDRESS_MAX} times an hour. Bounded: of very many
 * addresses the first are told of again. Any thread.
 */
public final class OncePerHour {
  private static final int REMEMBERED_MAX = 1024;
  private static final int OF_ONE_ADDRESS_MAX = 16;
  private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

  private record Told(InetAddress address, String what) {}

  private final Map<Told, Long> told =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Told, Long> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  /** Whether this is to be told now. */
  public boolean isNew(InetAddress address, String what) {
    return isNew(address, what, System.nanoTime());
  }

  synchronized boolean isNew(InetAddress address, String what, long nowNanos) {
    Told key = new Told(address, what);
    Long before = told.get(key);
    if (before != null && nowNanos - before < HOUR_NANOS) {
      return false;
    }
    long ofIt =
        told.entrySet().stream()
            .filter(each -> each.getKey().address().equals(address))
            .filter(each -> nowNanos - each.getValue() < HOUR_NANOS)
            .count();
    if (ofIt >= OF_ONE_ADDRESS_MAX) {
      return false;
    }
    // Behind the others.
    told.remove(key);
    told.put(key, nowNanos);
    return true;
  }
}
