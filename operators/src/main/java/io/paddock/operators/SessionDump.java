package io.paddock.operators;

import io.paddock.metrics.ConnectionInfo;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The word dump: sessions by the time they expire, ephemeral znodes, connections. */
final class SessionDump {
  private SessionDump() {}

  static CompletableFuture<String> text(ServerStatus status, Executor executor) {
    return status
        .sessionsByExpiry()
        .thenCombine(status.connections(), Material::new)
        .thenCombineAsync(
            status.member(), (material, member) -> text(status, material, member), executor);
  }

  private record Material(
      NavigableMap<Long, List<Long>> sessions, List<ConnectionInfo> connections) {}

  private static String text(ServerStatus status, Material material, Optional<MemberView> member) {
    StringBuilder text = new StringBuilder("SessionTracker dump:\n");
    boolean local =
        member.isPresent()
            && (status.config().session().localSessionsEnabled()
                || status.mode() == ServerMode.READ_ONLY);
    if (local) {
      sessions(text, "Local Session Sets", local(member.get()));
    }
    if (member.isEmpty() || member.get().leads()) {
      sessions(text, local ? "Global Session Sets" : "Session Sets", material.sessions);
    } else {
      global(text, status.sessionTimeouts());
    }
    ephemerals(text, status.ephemerals());
    int firstFrameMs = status.config().clientPort().firstFrameTimeoutMs();
    connections(text, material.sessions, material.connections, firstFrameMs);
    return text.toString();
  }

  private static NavigableMap<Long, List<Long>> local(MemberView member) {
    NavigableMap<Long, List<Long>> byExpiry = new TreeMap<>();
    long wallMinusMonotonic = wallMinusMonotonic();
    member
        .figures()
        .localSessions()
        .forEach((deadline, ids) -> byExpiry.put(deadline + wallMinusMonotonic, ids));
    return byExpiry;
  }

  private static long wallMinusMonotonic() {
    return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** A learner knows who there is, but not when they expire. */
  private static void global(StringBuilder text, SortedMap<Long, Integer> timeouts) {
    text.append("Global Sessions(" + timeouts.size() + "):\n");
    timeouts.forEach(
        (id, timeoutMs) -> text.append("0x" + Long.toHexString(id) + "\t" + timeoutMs + "ms\n"));
  }

  private static void sessions(
      StringBuilder text, String title, NavigableMap<Long, List<Long>> sessions) {
    int count = sessions.values().stream().mapToInt(List::size).sum();
    text.append(title + " (" + sessions.size() + ")/(" + count + "):\n");
    sessions.forEach(
        (expiry, ids) -> {
          expiry(text, ids.size(), expiry);
          ids.forEach(id -> text.append("\t0x").append(Long.toHexString(id)).append('\n'));
        });
  }

  private static void expiry(StringBuilder text, int count, long timeMs) {
    text.append(count).append(" expire at ").append(new Date(timeMs)).append(":\n");
  }

  private static void ephemerals(StringBuilder text, SortedMap<Long, List<String>> ephemerals) {
    text.append("ephemeral nodes dump:\n");
    text.append("Sessions with Ephemerals (").append(ephemerals.size()).append("):\n");
    ephemerals.forEach(
        (session, paths) -> {
          text.append("0x").append(Long.toHexString(session)).append(":\n");
          paths.forEach(path -> text.append('\t').append(path).append('\n'));
        });
  }

  /** A connection ends with its session, or when it has not begun one in time. */
  private static void connections(
      StringBuilder text,
      NavigableMap<Long, List<Long>> sessions,
      List<ConnectionInfo> connections,
      int firstFrameMs) {
    Map<Long, Long> expiryOf = new HashMap<>();
    sessions.forEach((expiry, ids) -> ids.forEach(id -> expiryOf.put(id, expiry)));
    TreeMap<Long, StringBuilder> lines = new TreeMap<>();
    TreeMap<Long, Integer> counts = new TreeMap<>();
    for (ConnectionInfo connection : connections) {
      long ends =
          connection.sessionId() == 0
              ? connection.establishedMs() + firstFrameMs
              : connection.lastResponseMs() + wallMinusMonotonic() + connection.timeoutMs();
      long expiry = expiryOf.getOrDefault(connection.sessionId(), ends);
      counts.merge(expiry, 1, Integer::sum);
      lines
          .computeIfAbsent(expiry, e -> new StringBuilder())
          .append("\tip: ")
          .append(connection.address())
          .append(" sessionId: 0x")
          .append(Long.toHexString(connection.sessionId()))
          .append('\n');
    }
    text.append("Connections dump:\n");
    text.append("Connections Sets (" + counts.size() + ")/(" + connections.size() + "):\n");
    counts.forEach(
        (expiry, count) -> {
          expiry(text, count, expiry);
          text.append(lines.get(expiry));
        });
  }
}
