package io.paddock.journal;

import static io.paddock.journal.Records.logFile;
import static io.paddock.journal.Records.recover;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PurgeTest {
  private final MemoryStorage storage = new MemoryStorage(1);

  @Test
  void theNewestThreeSnapshotsAndTheLogsTheyNeedStay() throws IOException {
    try (Journal journal = Records.open(storage)) {
      for (long zxid : new long[] {0, 10, 20, 30, 40}) {
        Records.snapshot(journal, zxid, 100);
      }
      logFile(storage, 1, 8);
      logFile(storage, 9, 18);
      logFile(storage, 19, 33);
      logFile(storage, 34, 45);
      storage.put("aside.log.2", new byte[5]);
      storage.put("aside.log.29", new byte[5]);
      storage.put("currentEpoch", new byte[] {'0'});
      assertThat(journal.purge())
          .containsExactly("snapshot.0", "snapshot.a", "log.1", "log.9", "aside.log.2");
      assertThat(storage.list())
          .containsExactlyInAnyOrder(
              "snapshot.14",
              "snapshot.1e",
              "snapshot.28",
              "log.13",
              "log.22",
              "aside.log.29",
              "currentEpoch",
              SnapshotMemory.NAME);
      assertThat(new SnapshotMemory(storage).zxids()).containsExactly(20L, 30L, 40L);
      assertThat(journal.purge()).isEmpty();
    }
    storage.delete("snapshot.1e");
    storage.delete("snapshot.28");
    assertThat(recover(storage).zxids())
        .as("the oldest kept one still serves")
        .isEqualTo(Records.range(21, 45));
  }

  @Test
  void snapshotsThatAreNotWholeDoNotCountAsKept() throws IOException {
    try (Journal journal = Records.open(storage)) {
      for (long zxid : new long[] {0, 10, 20, 30, 40}) {
        Records.snapshot(journal, zxid, 100);
      }
      storage.put("snapshot.1e", new byte[50]);
      storage.put("snapshot.28", new byte[0]);
      assertThat(journal.purge()).isEmpty();
      Records.snapshot(journal, 50, 100);
      assertThat(journal.purge()).containsExactly("snapshot.0");
    }
  }

  @Test
  void withoutAWholeSnapshotNothingGoes() throws IOException {
    storage.put("snapshot.5", new byte[50]);
    logFile(storage, 1, 8);
    try (Journal journal = Records.open(storage)) {
      assertThat(journal.purge()).isEmpty();
    }
  }
}
