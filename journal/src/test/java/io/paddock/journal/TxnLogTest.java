package io.paddock.journal;

import static io.paddock.journal.Records.SMALL;
import static io.paddock.journal.Records.append;
import static io.paddock.journal.Records.appendAll;
import static io.paddock.journal.Records.log;
import static io.paddock.journal.Records.range;
import static io.paddock.journal.Records.recover;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TxnLogTest {
  private final MemoryStorage storage = new MemoryStorage(1);

  @BeforeEach
  void writeFirstSnapshot() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.snapshot(journal, 0, 100);
    }
  }

  /** The vector of the files protocol sheet, section 2.2. */
  @Test
  void aRecordIsWrittenAsApacheWritesIt() throws IOException {
    String payload =
        "0100000fad620000"
            + "00000001"
            + "0000000100000002"
            + "000001a1f81df0eb"
            + "00000001"
            + "000000022f61"
            + "0000000568656c6c6f"
            + "00000001"
            + "0000001f"
            + "00000005776f726c64"
            + "00000006616e796f6e65"
            + "00"
            + "00000001"
            + "00000002"
            + "00000001b686e379";
    byte[] bytes = HexFormat.of().parseHex(payload);
    assertThat(bytes).hasSize(91);
    try (TxnLog log = log(storage, SMALL, 0x100000001L)) {
      log.append(0x100000002L, bytes, 0, bytes.length);
    }
    assertThat(HexFormat.of().formatHex(storage.get("log.100000002")))
        .isEqualTo(
            "5a4b4c47"
                + "00000002"
                + "0000000000000000" // ZKLG, version, dbid
                + "00000000514d0edb"
                + "0000005b"
                + payload
                + "42");
  }

  @Test
  void aBatchIsOneWriteAndOneForce() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    append(log, 1);
    log.force();
    int before = storage.mutations();
    appendAll(log, 2, 9);
    assertThat(log.forcedZxid()).isEqualTo(1);
    assertThat(log.lastZxid()).isEqualTo(9);
    assertThat(storage.mutations()).isEqualTo(before);
    assertThat(log.force()).isEqualTo(9);
    assertThat(storage.mutations()).isEqualTo(before + 2);
    assertThat(log.force()).isEqualTo(9);
    assertThat(storage.mutations()).isEqualTo(before + 2);
  }

  @Test
  void withoutForceSyncABatchIsOneWrite() throws IOException {
    TxnLog log = log(storage, Varied.forceSync(SMALL, false), 0);
    append(log, 1);
    log.force();
    int before = storage.mutations();
    append(log, 2);
    assertThat(log.force()).isEqualTo(2);
    assertThat(storage.mutations()).isEqualTo(before + 1);
  }

  @Test
  void zerosStandAheadOfTheRecordsUntilTheFileIsLeft() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    append(log, 1);
    log.force();
    int records = Records.offsetOf(1, 1);
    byte[] file = storage.get("log.1");
    assertThat(file).hasSize(records + 4096);
    assertThat(Arrays.copyOfRange(file, records, file.length)).containsOnly(0);
    log.roll();
    assertThat(storage.get("log.1")).hasSize(records);
  }

  @Test
  void preallocationGoesAheadAChunkAtATimeWhenIdle() throws IOException {
    TxnLog log = log(storage, JournalSettings.defaults().withPreAllocBytes(3 << 20), 0);
    assertThat(log.preallocate()).isFalse();
    append(log, 1);
    assertThat(log.preallocate()).as("with a record waiting").isFalse();
    log.force();
    int records = Records.offsetOf(1, 1);
    assertThat(storage.size("log.1")).isEqualTo(records + (1 << 20));
    assertThat(log.preallocate()).isTrue();
    assertThat(storage.size("log.1")).isEqualTo(records + (2 << 20));
    assertThat(log.preallocate()).isTrue();
    assertThat(log.preallocate()).isFalse();
    assertThat(storage.size("log.1")).isEqualTo(records + (3 << 20));
  }

  @Test
  void aFullDiskDoesNotDisturbPreallocation() throws IOException {
    TxnLog log = log(storage, JournalSettings.defaults().withPreAllocBytes(3 << 20), 0);
    append(log, 1);
    log.force();
    storage.setCapacityBytes(storage.usedBytes() + 1000);
    assertThat(log.preallocate()).isFalse();
    append(log, 2);
    assertThat(log.force()).isEqualTo(2);
  }

  @Test
  void aRollOpensAFileNamedAfterTheNextRecord() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    appendAll(log, 1, 3);
    log.roll();
    assertThat(log.forcedZxid()).isEqualTo(3);
    log.roll();
    appendAll(log, 4, 20);
    log.close();
    assertThat(storage.list()).contains("log.1", "log.4").hasSize(4);
    assertThat(recover(storage).zxids()).isEqualTo(range(1, 20));
  }

  @Test
  void aFileOverTheSizeLimitRollsByItself() throws IOException {
    TxnLog log = log(storage, Varied.logBytesMax(SMALL, 500), 0);
    for (long zxid = 1; zxid <= 20; zxid++) {
      append(log, zxid);
      log.force();
    }
    log.close();
    assertThat(FileName.list(storage, "log.").size()).isBetween(4, 10);
    assertThat(recover(storage).zxids()).isEqualTo(range(1, 20));
  }

  @Test
  void recordsOutOfOrderOrOfWrongLengthAreNotTaken() throws IOException {
    TxnLog log = log(storage, SMALL, 5);
    byte[] payload = new byte[3_000_000];
    assertThatThrownBy(() -> log.append(5, payload, 0, 40))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.append(6, payload, 0, 31))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.append(6, payload, 0, payload.length))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(log.lastZxid()).isEqualTo(5);
  }

  @Test
  void aBatchLargerThanTheBufferIsWrittenInParts() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    byte[] payload = new byte[2_000_000];
    for (long zxid = 1; zxid <= 5; zxid++) {
      Bytes.putLong(payload, LogFormat.ZXID_OFFSET, zxid);
      log.append(zxid, payload, 0, payload.length);
    }
    assertThat(log.forcedZxid()).isZero();
    assertThat(log.force()).isEqualTo(5);
    long[] count = {0};
    new LogScan(storage, SMALL, new java.util.ArrayList<>(), new LogIndex())
        .replay(0, (zxid, buf, off, len) -> count[0] += len);
    assertThat(count[0]).isEqualTo(10_000_000);
  }

  @Test
  void aFullDiskIsToldBeforeAnythingCountsAndTheSameRecordsGoWhenSpaceReturns() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    appendAll(log, 1, 3);
    log.force();
    storage.setCapacityBytes(storage.usedBytes() + 100);
    appendAll(log, 4, 60);
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThatThrownBy(log::force).isInstanceOf(DiskFullException.class);
      assertThat(log.forcedZxid()).isEqualTo(3);
    }
    assertThat(recover(storage.kill(1)).zxids()).startsWith(1L, 2L, 3L);
  }

  @Test
  void whenSpaceReturnsTheCollectedRecordsAreWritten() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    appendAll(log, 1, 3);
    log.force();
    storage.setCapacityBytes(storage.usedBytes() + 100);
    appendAll(log, 4, 60);
    assertThatThrownBy(log::force).isInstanceOf(DiskFullException.class);
    assertThatThrownBy(log::roll).isInstanceOf(DiskFullException.class);
    storage.setCapacityBytes(Long.MAX_VALUE);
    append(log, 61);
    assertThat(log.force()).isEqualTo(61);
    log.close();
    assertThat(recover(storage).zxids()).isEqualTo(range(1, 61));
  }

  /**
   * The write itself fails half-way, not the zeros before it, as on a file system that copies on
   * write.
   */
  @Test
  void discardedRecordsAreGoneFromTheFileForGood() throws IOException {
    for (int seed = 0; seed < 50; seed++) {
      MemoryStorage disk = new MemoryStorage(seed);
      disk.put("snapshot.0", storage.get("snapshot.0"));
      TxnLog log = log(disk, SMALL, 0);
      appendAll(log, 1, 3);
      log.force();
      appendAll(log, 4, 9);
      disk.failAt(1, MemoryStorage.Fault.DISK_FULL);
      assertThatThrownBy(log::force).isInstanceOf(DiskFullException.class);
      log.discard();
      assertThat(log.lastZxid()).isEqualTo(3);
      assertThat(log.force()).isEqualTo(3);
      if (seed % 2 == 0) {
        append(log, 4);
        log.force();
      }
      MemoryStorage after = seed % 3 == 0 ? disk.kill(seed) : disk.crash(seed);
      assertThat(recover(after).zxids()).isEqualTo(range(1, seed % 2 == 0 ? 4 : 3));
    }
  }

  @Test
  void discardingTheFirstRecordsOfAFileRemovesTheFile() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    append(log, 1);
    storage.setCapacityBytes(storage.usedBytes() + 20);
    assertThatThrownBy(log::force).isInstanceOf(DiskFullException.class);
    assertThat(storage.list()).contains("log.1");
    log.discard();
    assertThat(storage.list()).doesNotContain("log.1");
    storage.setCapacityBytes(Long.MAX_VALUE);
    append(log, 1);
    assertThat(log.force()).isEqualTo(1);
    assertThat(recover(storage.crash(1)).zxids()).containsExactly(1L);
  }

  @Test
  void aFullDiskAtAnyStepOfTheFirstBatchCanBeWaitedOut() throws IOException {
    for (int step = 1; step <= 3; step++) {
      MemoryStorage disk = new MemoryStorage(step);
      disk.put("snapshot.0", storage.get("snapshot.0"));
      TxnLog log = log(disk, SMALL, 0);
      appendAll(log, 1, 3);
      disk.failAt(step, MemoryStorage.Fault.DISK_FULL);
      assertThatThrownBy(log::force).isInstanceOf(DiskFullException.class);
      assertThat(log.force()).isEqualTo(3);
      assertThat(recover(disk.crash(step)).zxids()).isEqualTo(range(1, 3));
    }
  }

  @Test
  void aFailedForceEndsTheLogForGood() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    append(log, 1);
    log.force();
    append(log, 2);
    storage.failAt(2, MemoryStorage.Fault.ERROR);
    assertThatThrownBy(log::force)
        .isInstanceOf(DiskFailedException.class)
        .hasMessageContaining("cannot force /memory/log.1");
    int mutations = storage.mutations();
    assertThatThrownBy(log::force).isInstanceOf(DiskFailedException.class);
    assertThatThrownBy(() -> append(log, 3)).isInstanceOf(DiskFailedException.class);
    assertThatThrownBy(log::roll).isInstanceOf(DiskFailedException.class);
    assertThatThrownBy(log::discard).isInstanceOf(DiskFailedException.class);
    log.close();
    assertThat(storage.mutations()).as("nothing is tried again").isEqualTo(mutations);
    assertThat(log.forcedZxid()).isEqualTo(1);
  }

  /** A full disk that shows only in the force has already lost pages. */
  @Test
  void aForceThatReportsAFullDiskIsFatalToo() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    append(log, 1);
    log.force();
    append(log, 2);
    storage.failAt(2, MemoryStorage.Fault.DISK_FULL);
    assertThatThrownBy(log::force).isInstanceOf(DiskFailedException.class);
  }

  @Test
  void aWriteThatFailsForAnotherReasonThanSpaceIsFatal() throws IOException {
    TxnLog log = log(storage, SMALL, 0);
    append(log, 1);
    log.force();
    append(log, 2);
    storage.failAt(1, MemoryStorage.Fault.ERROR);
    assertThatThrownBy(log::force).isInstanceOf(DiskFailedException.class);
    assertThatThrownBy(log::force).isInstanceOf(DiskFailedException.class);
  }

  @Test
  void theTimeOfAForceIsMeasured() throws IOException {
    long[] now = {0};
    TxnLog log =
        new TxnLog(
            storage,
            SMALL,
            0,
            () -> now[0] += 5_000,
            new LogIndex(),
            new Inventory(storage, storage));
    append(log, 1);
    log.force();
    assertThat(log.lastForceNanos()).isEqualTo(5_000);
  }
}
