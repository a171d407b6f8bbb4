package io.paddock.journal;

import static io.paddock.journal.Records.logFile;
import static io.paddock.journal.Records.open;
import static io.paddock.journal.Records.range;
import static io.paddock.journal.Records.recover;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.journal.Records.Recovered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TRUNC and SNAP: going back to what the leader has. */
class TruncateTest {
  private static final long EPOCH_1 = 0x100000000L;

  @Test
  void truncationLeadsExactlyToEveryZxidOfTheLog() throws IOException {
    for (long zxid = 1; zxid <= 20; zxid++) {
      MemoryStorage storage = threeFiles();
      try (Journal journal = open(storage)) {
        recover(journal);
        assertThat(journal.truncate(zxid)).isTrue();
        Recovered recovered = recover(journal);
        assertThat(recovered.last()).isEqualTo(zxid);
        Records.append(journal.log(), zxid + 1);
        journal.log().force();
      }
      assertThat(recover(storage.crash(zxid)).last()).isEqualTo(zxid + 1);
    }
  }

  @Test
  void aTargetThatIsNotThereExactlyChangesNothing() throws IOException {
    MemoryStorage storage = threeFiles();
    logFile(storage, EPOCH_1 + 1, EPOCH_1 + 3);
    try (Journal journal = open(storage)) {
      recover(journal);
      List<String> before = storage.list();
      assertThat(journal.truncate(21)).isFalse();
      assertThat(journal.truncate(EPOCH_1)).isFalse();
      assertThat(journal.truncate(EPOCH_1 + 4)).isFalse();
      assertThat(storage.list()).isEqualTo(before);
      assertThat(journal.log().lastZxid()).isEqualTo(EPOCH_1 + 3);
    }
  }

  @Test
  void aTargetBelowEverySnapshotChangesNothing() throws IOException {
    MemoryStorage storage = threeFiles();
    storage.delete("snapshot.0");
    try (Journal journal = open(storage)) {
      recover(journal);
      assertThat(journal.truncate(5)).isFalse();
      assertThat(journal.truncate(10)).as("the zxid of a snapshot").isTrue();
      assertThat(recover(journal).last()).isEqualTo(10);
    }
  }

  @Test
  void overlappingFilesAreCutToo() throws IOException {
    MemoryStorage storage = threeFiles();
    logFile(storage, 3, 12);
    try (Journal journal = open(storage)) {
      recover(journal);
      assertThat(journal.truncate(9)).isTrue();
      assertThat(recover(journal).last()).isEqualTo(9);
    }
  }

  @Test
  void aCrashInTheMiddleLeavesSomethingBetween() throws IOException {
    for (int step = 1; step <= 20; step++) {
      for (int seed = 0; seed < 20; seed++) {
        MemoryStorage storage = threeFiles();
        try (Journal journal = open(storage)) {
          recover(journal);
          storage.failAt(step, MemoryStorage.Fault.CRASH);
          journal.truncate(5);
        } catch (MemoryStorage.CrashedException died) {
          assertThat(storage.mutations()).isPositive();
        }
        Recovered recovered = recover(storage.crash(seed));
        assertThat(recovered.last()).as("step %d seed %d", step, seed).isBetween(5L, 20L);
      }
    }
  }

  @Test
  void aLeadersSnapshotReplacesAllThatIsNewer() throws IOException {
    MemoryStorage storage = threeFiles();
    try (Journal journal = open(storage)) {
      recover(journal);
      Records.append(journal.log(), 21);
      journal.install(12, OptionalLong.of(1), out -> out.write(Records.body(12, 100)));
      assertThat(journal.log().lastZxid()).isEqualTo(12);
      Records.append(journal.log(), 13);
      journal.log().force();
    }
    Recovered recovered = recover(storage.crash(1));
    assertThat(recovered.snapshot()).isEqualTo(12);
    assertThat(recovered.zxids()).containsExactly(13L);
  }

  @Test
  void aLeadersSnapshotMayBeFarAhead() throws IOException {
    MemoryStorage storage = threeFiles();
    try (Journal journal = open(storage)) {
      recover(journal);
      journal.install(
          EPOCH_1 + 50, OptionalLong.of(1), out -> out.write(Records.body(EPOCH_1 + 50, 100)));
      Records.append(journal.log(), EPOCH_1 + 51);
      journal.log().force();
    }
    assertThat(recover(storage.crash(1)).zxids()).containsExactly(EPOCH_1 + 51);
  }

  @Test
  @Timeout(120)
  void retentionWaitsWhileALeadersSnapshotTakesThePlaceOfAll() throws Exception {
    MemoryStorage storage = threeFiles();
    try (Journal journal = open(storage)) {
      recover(journal);
      CompletableFuture<List<String>> purged = new CompletableFuture<>();
      Thread retention =
          new Thread(
              () -> {
                try {
                  purged.complete(journal.purge());
                } catch (IOException e) {
                  purged.completeExceptionally(e);
                }
              });
      journal.install(
          EPOCH_1 + 50,
          OptionalLong.of(1),
          out -> {
            retention.start();
            while (retention.getState() != Thread.State.BLOCKED) {
              assertThat(purged).isNotDone();
              Thread.onSpinWait();
            }
            out.write(Records.body(EPOCH_1 + 50, 100));
          });
      retention.join();
      assertThat(purged.join()).isEmpty();
    }
    assertThat(recover(storage.crash(1)).snapshot()).isEqualTo(EPOCH_1 + 50);
  }

  @Test
  void theHoleThatALeadersSnapshotLeavesInTheLogIsSeen() throws IOException {
    MemoryStorage storage = threeFiles();
    try (Journal journal = open(storage)) {
      recover(journal);
      long mark = EPOCH_1 << 1;
      journal.install(mark, OptionalLong.of(1), out -> out.write(Records.body(mark, 100)));
      Records.append(journal.log(), mark + 1);
      Records.append(journal.log(), mark + 2);
      journal.log().force();
      assertThat(journal.read(4, mark + 2, (zxid, buf, off, len) -> {})).isFalse();
      assertThat(read(journal, 4, 20)).isEqualTo(range(5, 20));
      assertThat(read(journal, mark, mark + 2)).containsExactly(mark + 1, mark + 2);
      assertThat(journal.find(4)).as("before the hole").isNull();
      assertThat(journal.find(mark + 1).next()).isEqualTo(mark + 2);
    }
  }

  @Test
  void aLogThatDoesNotReachBackIsNotReadFromItsNextEpochOn() throws IOException {
    MemoryStorage storage = threeFiles();
    logFile(storage, EPOCH_1 + 1, EPOCH_1 + 3);
    try (Journal journal = open(storage)) {
      recover(journal);
      assertThat(read(journal, 20, EPOCH_1 + 3)).hasSize(3);
      for (String name : List.copyOf(storage.list())) {
        if (name.startsWith("log.") && !name.equals("log.100000001")) {
          storage.delete(name);
        }
      }
      assertThat(journal.read(20, EPOCH_1 + 3, (zxid, buf, off, len) -> {})).isFalse();
      assertThat(read(journal, EPOCH_1, EPOCH_1 + 3)).hasSize(3);
    }
  }

  @Test
  void aRangeOfDurableTransactionsIsReadWhileTheLogIsWritten() throws IOException {
    MemoryStorage storage = threeFiles();
    try (Journal journal = open(storage)) {
      recover(journal);
      Records.appendAll(journal.log(), 21, 25);
      journal.log().force();
      Records.append(journal.log(), 26);
      assertThat(read(journal, 4, 25)).isEqualTo(range(5, 25));
      assertThat(read(journal, 4, 4)).isEmpty();
      assertThat(read(journal, 24, 25)).containsExactly(25L);
      assertThat(journal.read(4, 26, (zxid, buf, off, len) -> {})).as("not durable yet").isFalse();
      assertThat(journal.purge()).isEmpty();
      storage.delete("log.8");
      assertThat(journal.read(4, 25, (zxid, buf, off, len) -> {})).as("a hole").isFalse();
    }
  }

  private static List<Long> read(Journal journal, long after, long upTo) throws IOException {
    List<Long> zxids = new ArrayList<>();
    assertThat(journal.read(after, upTo, Records.collector(zxids))).isTrue();
    return zxids;
  }

  private static MemoryStorage threeFiles() throws IOException {
    MemoryStorage storage = new MemoryStorage(1);
    try (Journal journal = open(storage)) {
      Records.snapshot(journal, 0, 100);
      Records.snapshot(journal, 10, 100);
    }
    logFile(storage, 1, 7);
    logFile(storage, 8, 15);
    logFile(storage, 16, 20);
    return storage;
  }
}
