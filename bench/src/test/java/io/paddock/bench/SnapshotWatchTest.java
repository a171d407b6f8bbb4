package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SnapshotWatchTest {
  @TempDir private Path folder;

  @Test
  void aSnapshotIsTimedFromItsTemporaryFileToItsNameAndTheNextOneDoesNotCount() throws Exception {
    Files.writeString(folder.resolve("snapshot.1"), "old");
    try (SnapshotWatch watch = SnapshotWatch.of(folder)) {
      Files.writeString(folder.resolve("log.2"), "no snapshot");
      Path temporary = Files.writeString(folder.resolve("snapshot.2.tmp"), "half");
      long written = System.nanoTime();
      await(() -> watch.firstSeen() != 0);
      long seen = System.nanoTime();
      Files.move(temporary, folder.resolve("snapshot.2"));
      await(() -> watch.lastChange() > seen);
      Files.writeString(folder.resolve("snapshot.3.tmp"), "the next one");
      await(watch::isFinished);
      assertThat(watch.firstSeen()).isLessThanOrEqualTo(seen);
      assertThat(watch.lastChange() - watch.firstSeen())
          .isLessThan(System.nanoTime() - written - TimeUnit.SECONDS.toNanos(1));
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }
}
