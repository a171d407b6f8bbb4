package io.paddock.journal;

import static io.paddock.journal.Records.logFile;
import static io.paddock.journal.Records.open;
import static io.paddock.journal.Records.range;
import static io.paddock.journal.Records.recover;
import static io.paddock.journal.Records.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.journal.Records.Recovered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/**
 * Which snapshot is loaded, and what the logs must hold then (files protocol sheet, sections 3.3, 5
 * and 6).
 */
class RecoveryTest {
  private final MemoryStorage storage = new MemoryStorage(1);

  @Test
  void anEmptyDirectoryStartsEmpty() throws IOException {
    Recovered recovered = recover(storage);
    assertThat(recovered.snapshot()).isEqualTo(-1);
    assertThat(recovered.last()).isZero();
    assertThat(recovered.findings()).isEmpty();
  }

  @Test
  void replayStartsAfterTheNewestSnapshot() throws IOException {
    snapshots(0, 5);
    logFile(storage, 1, 5);
    logFile(storage, 6, 9);
    Recovered recovered = recover(storage);
    assertThat(recovered.snapshot()).isEqualTo(5);
    assertThat(recovered.zxids()).isEqualTo(range(6, 9));
    snapshots(7);
    assertThat(recover(storage).zxids()).isEqualTo(range(8, 9));
  }

  @Test
  void theLogCannotBeWrittenBeforeTheWalkIsOver() throws IOException {
    try (Journal journal = open(storage)) {
      assertThatThrownBy(journal::log).isInstanceOf(IllegalStateException.class);
      Recovery recovery = journal.recover();
      assertThatThrownBy(() -> recovery.replay((zxid, buf, off, len) -> {}))
          .isInstanceOf(IllegalStateException.class);
      recovery.load(Records::checkedBody);
      assertThatThrownBy(journal::log).isInstanceOf(IllegalStateException.class);
      recovery.replay((zxid, buf, off, len) -> {});
      assertThat(journal.log().lastZxid()).isZero();
    }
  }

  @Test
  void aDamagedNewestSnapshotIsPassedOverWhenTheLogReachesBack() throws IOException {
    snapshots(0, 5);
    logFile(storage, 1, 5);
    logFile(storage, 6, 9);
    byte[] whole = storage.get("snapshot.5");
    for (int at : new int[] {0, 50, whole.length - 1, whole.length - 40}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      storage.put("snapshot.5", damaged);
      Recovered recovered = recover(storage);
      assertThat(recovered.snapshot()).isZero();
      assertThat(recovered.zxids()).isEqualTo(range(1, 9));
      assertThat(recovered.findings()).hasSize(1);
      assertThat(recovered.findings().get(0).file()).isEqualTo("/memory/snapshot.5");
    }
    storage.put("snapshot.5", new byte[0]);
    assertThat(recover(storage).zxids()).isEqualTo(range(1, 9));
  }

  @Test
  void aReaderThatCannotMakeSenseOfABodyGetsTheOlderOne() throws IOException {
    snapshots(0, 5);
    logFile(storage, 1, 5);
    try (Journal journal = open(storage)) {
      List<Long> tried = new ArrayList<>();
      Recovery recovery = journal.recover();
      assertThat(
              recovery.load(
                  (zxid, body) -> {
                    tried.add(zxid);
                    if (zxid == 5) {
                      throw new IllegalArgumentException("a child without a parent");
                    }
                    return body.readAllBytes().length;
                  }))
          .contains(100);
      assertThat(tried).containsExactly(5L, 0L);
      assertThat(recovery.findings().get(0).what()).contains("a child without a parent");
    }
  }

  @Test
  void anOlderSnapshotDoesNotServeWhenTheLogDoesNotReachBackToIt() throws IOException {
    snapshots(3, 50);
    logFile(storage, 0x100000001L, 0x100000009L);
    damage("snapshot.32");
    assertRefused("snapshot", "no log reaches back to snapshot 0x3");
  }

  @Test
  void anOlderSnapshotDoesNotServeWhenTheLogHasAHole() throws IOException {
    snapshots(0, 50);
    logFile(storage, 1, 40);
    logFile(storage, 51, 60);
    damage("snapshot.32");
    assertRefused("log.33", "zxid 0x33 comes where 0x29 is expected");
  }

  /** The hole lies at the border of an epoch, where the zxids themselves do not show it. */
  @Test
  void transactionsThatOnlyADamagedSnapshotHeldAreMissed() throws IOException {
    snapshots(0, 50);
    logFile(storage, 1, 40);
    logFile(storage, 0x100000001L, 0x100000009L);
    assertThat(recover(storage).zxids()).hasSize(9);
    damage("snapshot.32");
    assertRefused("snapshot.32", "the logs do not hold its transactions up to 0x32");
  }

  @Test
  void transactionsThatOnlyALostSnapshotHeldAreMissed() throws IOException {
    snapshots(0, 50);
    logFile(storage, 1, 40);
    logFile(storage, 0x100000001L, 0x100000009L);
    storage.delete("snapshot.32");
    assertRefused("snapshot.32", "damaged or gone");
    storage.delete(SnapshotMemory.NAME);
    assertThat(recover(storage).zxids()).as("the loss is accepted").hasSize(49);
  }

  @Test
  void transactionsAtTheVeryEndThatOnlyALostSnapshotHeldAreMissed() throws IOException {
    snapshots(0, 50);
    logFile(storage, 1, 40);
    storage.delete("snapshot.32");
    assertRefused("snapshot.32", "the logs do not hold");
  }

  @Test
  void aLostSnapshotIsNoLossWhenTheLogHasItsTransactions() throws IOException {
    snapshots(0, 30, 40);
    logFile(storage, 1, 60);
    storage.delete("snapshot.1e");
    storage.delete("snapshot.28");
    assertThat(recover(storage).zxids()).isEqualTo(range(1, 60));
  }

  @Test
  void aSnapshotNamedAfterAnEpochCannotBeInsistedOn() throws IOException {
    snapshots(0, 0x100000000L);
    logFile(storage, 1, 40);
    logFile(storage, 0x100000001L, 0x100000009L);
    storage.delete("snapshot.100000000");
    assertThat(recover(storage).zxids()).hasSize(49);
  }

  @Test
  void allSnapshotsDamagedIsRefused() throws IOException {
    snapshots(0, 5);
    logFile(storage, 1, 9);
    damage("snapshot.0");
    damage("snapshot.5");
    assertRefused("snapshot.5", "all are damaged");
    storage.put("snapshot.0", new byte[3]);
    storage.put("snapshot.5", new byte[3]);
    assertRefused("snapshot.5", "all are damaged");
  }

  @Test
  void aFirstSnapshotThatACrashStoppedIsNoLoss() throws IOException {
    storage.put("snapshot.0", new byte[3]);
    Recovered recovered = recover(storage);
    assertThat(recovered.snapshot()).isEqualTo(-1);
    assertThat(recovered.last()).isZero();
    storage.put("snapshot.7", new byte[3]);
    assertRefused("snapshot.7", "all are damaged");
  }

  @Test
  void logsWithoutASnapshotAreRefusedUnlessTrusted() throws IOException {
    logFile(storage, 0x100000003L, 0x100000009L);
    assertRefused("log.100000003", "no snapshot");
    try (Journal journal = open(storage, Varied.trustEmpty(Records.SMALL))) {
      Recovered recovered = recover(journal);
      assertThat(recovered.zxids()).isEqualTo(range(0x100000003L, 0x100000009L));
      assertThat(recovered.findings()).hasSize(1);
    }
  }

  @Test
  void trustInAnEmptyTreeDoesNotExtendToDamagedSnapshots() throws IOException {
    snapshots(5);
    logFile(storage, 1, 9);
    damage("snapshot.5");
    try (Journal journal = open(storage, Varied.trustEmpty(Records.SMALL))) {
      assertThatThrownBy(() -> recover(journal)).isInstanceOf(DamagedException.class);
    }
  }

  @Test
  void anUnfinishedSnapshotOfApachesServerIsPassedOver() throws IOException {
    snapshots(0);
    logFile(storage, 1, 9);
    storage.put("snapshot.32.tmp", new byte[20]);
    Recovered recovered = recover(storage);
    assertThat(recovered.zxids()).isEqualTo(range(1, 9));
    assertThat(recovered.findings()).hasSize(1);
  }

  @Test
  void filesInTheWrongOneOfTwoDirectoriesAreRefused() throws IOException {
    MemoryStorage logs = new MemoryStorage(2);
    snapshots(0);
    logFile(logs, 1, 3);
    Journal.open(storage, logs, Records.SMALL, () -> 0).close();
    assertThatThrownBy(() -> Journal.open(logs, storage, Records.SMALL, () -> 0))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("wrong directory");
  }

  @Test
  void snapshotsAndLogsMayLieApart() throws IOException {
    MemoryStorage logs = new MemoryStorage(2);
    for (int run = 0; run < 3; run++) {
      try (Journal journal = Journal.open(storage, logs, Records.SMALL, () -> 0)) {
        Recovered recovered = recover(journal);
        assertThat(recovered.last()).isEqualTo(run * 10);
        Records.appendAll(journal.log(), run * 10 + 1, run * 10 + 10);
        journal.log().force();
        snapshot(journal, run * 10 + 5, 100);
      }
    }
    assertThat(storage.list()).allMatch(name -> name.contains("snapshot"));
    assertThat(logs.list()).containsExactly("log.1", "log.15", "log.b");
  }

  private void snapshots(long... zxids) throws IOException {
    try (Journal journal = open(storage)) {
      for (long zxid : zxids) {
        snapshot(journal, zxid, 100);
      }
    }
  }

  @Test
  void aRecordThatMakesNoSenseIsToldWithItsFileAndOffset() throws IOException {
    snapshots(0);
    Records.logFile(storage, 1, 3);
    try (Journal journal = open(storage)) {
      Recovery recovery = journal.recover();
      recovery.load(Records::checkedBody);
      RecordSink sink =
          (zxid, buf, off, len) -> {
            if (zxid == 2) {
              throw new IllegalStateException("type 77");
            }
          };
      assertThatThrownBy(() -> recovery.replay(sink))
          .isInstanceOfSatisfying(
              DamagedException.class,
              damaged -> {
                assertThat(damaged.file()).isEqualTo("/memory/log.1");
                assertThat(damaged.offset()).isEqualTo(Records.offsetOf(1, 1));
              })
          .hasMessageContaining("transaction 0x2")
          .hasMessageContaining("type 77");
    }
  }

  private void damage(String name) throws IOException {
    byte[] bytes = storage.get(name);
    bytes[30] ^= 1;
    storage.put(name, bytes);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String file, String what) {
    return assertThatThrownBy(() -> recover(storage))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(what);
  }
}
