package io.paddock.tree;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts failures that nobody foresaw, by their kind and place, and says which of them to log: a
 * client that sends the same request again and again is not to fill a disk. One thread.
 */
public final class FailureCount {
  private static final int PLACES_MAX = 100;

  private final Map<String, Long> counts = new HashMap<>();

  /**
   * How often this has happened, if that is to be told: the first time and whenever the number has
   * doubled; else 0.
   */
  public long toTell(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    String place = failure.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    boolean full = counts.size() >= PLACES_MAX && !counts.containsKey(place);
    long count = counts.merge(full ? "elsewhere" : place, 1L, Long::sum);
    return Long.bitCount(count) == 1 ? count : 0;
  }
}
