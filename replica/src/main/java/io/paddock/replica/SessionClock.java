package io.paddock.replica;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * When each session expires unless its client is heard: soft state of the leader. Deadlines are
 * rounded up to a multiple of the tick, so that sessions expire in batches and a touch within the
 * same tick changes nothing (client protocol sheet, section 8.1). One thread.
 */
final class SessionClock {
  private final long tickMs;
  private final Map<Long, Long> deadlines = new HashMap<>();
  private final TreeMap<Long, TreeSet<Long>> buckets = new TreeMap<>();

  SessionClock(long tickMs) {
    this.tickMs = tickMs;
  }

  /** Starts or renews the timeout of a session. */
  void touch(long sessionId, int timeoutMs, long nowMs) {
    long deadline = ((nowMs + timeoutMs) / tickMs + 1) * tickMs;
    Long before = deadlines.get(sessionId);
    if (before != null && before == deadline) {
      return;
    }
    if (before != null) {
      leave(before, sessionId);
    }
    deadlines.put(sessionId, deadline);
    buckets.computeIfAbsent(deadline, d -> new TreeSet<>()).add(sessionId);
  }

  boolean knows(long sessionId) {
    return deadlines.containsKey(sessionId);
  }

  void remove(long sessionId) {
    Long deadline = deadlines.remove(sessionId);
    if (deadline != null) {
      leave(deadline, sessionId);
    }
  }

  /** Forgets the sessions that {@code stays} does not hold for. */
  void retain(LongPredicate stays) {
    List.copyOf(deadlines.keySet()).stream().filter(id -> !stays.test(id)).forEach(this::remove);
  }

  /** The sessions whose deadline has passed, which are forgotten here. */
  List<Long> expired(long nowMs) {
    List<Long> expired = new ArrayList<>();
    while (!buckets.isEmpty() && buckets.firstKey() <= nowMs) {
      expired.addAll(buckets.pollFirstEntry().getValue());
    }
    expired.forEach(deadlines::remove);
    return expired;
  }

  /** The sessions by deadline, for people to look at. */
  Map<Long, List<Long>> byDeadline() {
    Map<Long, List<Long>> copy = new TreeMap<>();
    buckets.forEach((deadline, ids) -> copy.put(deadline, List.copyOf(ids)));
    return copy;
  }

  private void leave(long deadline, long sessionId) {
    TreeSet<Long> bucket = buckets.get(deadline);
    bucket.remove(sessionId);
    if (bucket.isEmpty()) {
      buckets.remove(deadline);
    }
  }
}
