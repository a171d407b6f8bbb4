package io.paddock.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Sees from outside when a server writes a snapshot: from the first sight of a new file in its data
 * folder that is no transaction log, to the last change of such a file. So a snapshot that is
 * written under a temporary name, forced and renamed is timed until it has its name. A thread of
 * its own looks every 5 ms.
 */
final class SnapshotWatch implements AutoCloseable {
  private static final long LOOK_MILLIS = 5;
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path folder;
  private final Set<String> known = new HashSet<>();
  private final Thread thread = new Thread(this::look, "snapshot-watch");
  private Map<String, Long> last = Map.of();
  private volatile long firstSeen;
  private volatile long lastChange;
  private volatile String snapshot;
  private volatile boolean closed;

  private SnapshotWatch(Path folder) {
    this.folder = folder;
  }

  /** Starts to look at a data folder, whose present files do not count. */
  static SnapshotWatch of(Path folder) throws IOException {
    SnapshotWatch watch = new SnapshotWatch(folder);
    watch.known.addAll(watch.files().keySet());
    watch.thread.setDaemon(true);
    watch.thread.start();
    return watch;
  }

  /** Waits until no snapshot has been written for a second. */
  static void awaitQuiet(Path folder) throws IOException {
    SnapshotWatch watch = new SnapshotWatch(folder);
    Map<String, Long> before = watch.files();
    long since = System.nanoTime();
    while (System.nanoTime() - since < QUIET_NANOS) {
      pause();
      Map<String, Long> now = watch.files();
      if (!now.equals(before)) {
        before = now;
        since = System.nanoTime();
      }
    }
  }

  /** Whether a snapshot has been written and nothing has changed for a second since. */
  boolean isFinished() {
    return snapshot != null && System.nanoTime() - lastChange > QUIET_NANOS;
  }

  /** When it was first seen, by {@link System#nanoTime}. */
  long firstSeen() {
    return firstSeen;
  }

  /** When it last changed, by {@link System#nanoTime}. */
  long lastChange() {
    return lastChange;
  }

  @Override
  public void close() {
    closed = true;
  }

  private void look() {
    while (!closed) {
      try {
        compare();
      } catch (IOException e) {
        // The folder is gone with its server, and so is what there was to see.
        return;
      }
      pause();
    }
  }

  private void compare() throws IOException {
    Map<String, Long> now = files();
    now.keySet().removeAll(known);
    if (snapshot != null) {
      // The next snapshot may already be under way; ours is the first.
      now.keySet().retainAll(Set.of(snapshot));
    }
    if (now.equals(last)) {
      return;
    }
    last = now;
    lastChange = System.nanoTime();
    if (firstSeen == 0) {
      firstSeen = lastChange;
    }
    if (snapshot == null) {
      snapshot = finished(now.keySet());
    }
  }

  private static String finished(Set<String> names) {
    return names.stream().filter(n -> n.matches("snapshot\\.[0-9a-f]+")).findFirst().orElse(null);
  }

  private Map<String, Long> files() throws IOException {
    Map<String, Long> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String name = path.getFileName().toString();
        if (!name.startsWith("log.")) {
          try {
            files.put(name, Files.size(path));
          } catch (NoSuchFileException e) {
            // Renamed while we looked; the next look finds its new name.
          }
        }
      }
    }
    return files;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
