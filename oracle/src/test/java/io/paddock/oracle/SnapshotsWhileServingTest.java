package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testkit.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots, rolling and purges go on beside the writes of several clients. */
class SnapshotsWhileServingTest {
  private static final int WRITERS = 3;
  private static final int WRITES = 600;
  private static final int RETAINED = 3;
  private static final long PURGE_MAX_NANOS = 20_000_000_000L;

  @TempDir Path dir;

  @Test
  void everySnapshotWithTheLogBehindItIsTheWholeState() throws IOException {
    List<NumberedWriter> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new NumberedWriter("/w" + i));
    }
    Path data = dir.resolve("data");
    try (EmbeddedServer server = start(data, "60")) {
      writers.forEach(writer -> writer.prepare(server.port()));
      for (int round = 1; round <= 3; round++) {
        writeAll(writers, server.port(), round * WRITES);
        assertThat(snapshots(data)).hasSizeGreaterThan(2 * RETAINED);
        server.restart();
        writers.forEach(writer -> writer.verify(server.port()));
        awaitPurged(data);
      }
      writeAll(writers, server.port(), 4 * WRITES);
    }
    List<Path> snapshots = snapshots(data);
    assertThat(snapshots).hasSizeGreaterThanOrEqualTo(RETAINED);
    for (Path snapshot : snapshots) {
      Path copy = copyUpTo(snapshot, data);
      try (EmbeddedServer server = start(copy, "100000")) {
        for (NumberedWriter writer : writers) {
          writer.verify(server.port());
        }
      }
    }
  }

  private static EmbeddedServer start(Path data, String snapCount) {
    return EmbeddedServer.builder()
        .dataDir(data)
        .set("snapCount", snapCount)
        .set("preAllocSize", "64")
        .set("autopurge.snapRetainCount", Integer.toString(RETAINED))
        .set("autopurge.purgeInterval", "1")
        .start();
  }

  private static void writeAll(List<NumberedWriter> writers, int port, int acknowledged) {
    try (WriterThreads threads =
        new WriterThreads(writers, port, writer -> writer.acknowledged() >= acknowledged)) {
      threads.join();
    }
    assertThat(writers).allMatch(writer -> writer.acknowledged() >= acknowledged);
  }

  /** A start purges, on a thread of its own. */
  private static void awaitPurged(Path data) throws IOException {
    long deadline = System.nanoTime() + PURGE_MAX_NANOS;
    // The verification wrote a little itself, so a new one or two may be there already.
    while (snapshots(data).size() > RETAINED + 2) {
      assertThat(System.nanoTime()).as("%s is purged", data).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static List<Path> snapshots(Path data) throws IOException {
    return files(data, "snapshot.");
  }

  private static List<Path> files(Path data, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("version-2"))) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
    }
  }

  /** The directory as if no later snapshot had been taken. */
  private Path copyUpTo(Path snapshot, Path data) throws IOException {
    Path copy = dir.resolve("from-" + snapshot.getFileName());
    Path to = Files.createDirectories(copy.resolve("version-2"));
    Files.copy(snapshot, to.resolve(snapshot.getFileName()));
    for (Path log : files(data, "log.")) {
      Files.copy(log, to.resolve(log.getFileName()));
    }
    return copy;
  }
}
