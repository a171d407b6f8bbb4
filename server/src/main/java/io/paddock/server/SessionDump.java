package io.paddock.server;

import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The word dump: sessions by the time they expire, ephemeral znodes, connections. */
final class SessionDump {
  private SessionDump() {}

  static CompletableFuture<String> text(ServerStatus status, Executor executor) {
    return status
        .sessionsByExpiry()
        .thenCombineAsync(
            status.connections(),
            (sessions, connections) -> {
              StringBuilder text = new StringBuilder("SessionTracker dump:\n");
              sessions(text, sessions);
              ephemerals(text, status.ephemerals());
              int firstFrameMs = status.config().clientPort().firstFrameTimeoutMs();
              connections(text, sessions, connections, firstFrameMs);
              return text.toString();
            },
            executor);
  }

  private static void sessions(StringBuilder text, NavigableMap<Long, List<Long>> sessions) {
    int count = sessions.values().stream().mapToInt(List::size).sum();
    text.append("Session Sets (" + sessions.size() + ")/(" + count + "):\n");
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
      long expiry =
          expiryOf.getOrDefault(connection.sessionId(), connection.establishedMs() + firstFrameMs);
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
