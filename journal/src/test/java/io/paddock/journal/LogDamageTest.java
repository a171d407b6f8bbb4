package io.paddock.journal;

import static io.paddock.journal.Records.logFile;
import static io.paddock.journal.Records.offsetOf;
import static io.paddock.journal.Records.range;
import static io.paddock.journal.Records.recover;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.journal.Records.Recovered;
import java.io.IOException;
import java.util.Arrays;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rows of the damage table that concern logs (files protocol sheet, section 6). */
class LogDamageTest {
  private final MemoryStorage storage = new MemoryStorage(1);

  @BeforeEach
  void writeFirstSnapshot() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.snapshot(journal, 0, 100);
    }
  }

  @Test
  void aLastRecordCutShortAtAnyByteIsCutAndSaid() throws IOException {
    logFile(storage, 1, 5);
    byte[] whole = storage.get("log.1");
    int last = offsetOf(1, 4);
    for (int size = last + 1; size < whole.length; size++) {
      storage.put("log.1", Arrays.copyOf(whole, size));
      Recovered recovered = recover(storage);
      assertThat(recovered.zxids()).as("cut at %d", size).isEqualTo(range(1, 4));
      // What is left of the record may be only the zeros that its checksum starts with.
      if (size > last + 4) {
        assertThat(recovered.findings()).hasSize(1);
        Finding finding = recovered.findings().get(0);
        assertThat(finding.file()).isEqualTo("/memory/log.1");
        assertThat(finding.offset()).isEqualTo(last);
        assertThat(finding.bytesCut()).isBetween(1L, (long) size - last);
        assertThat(storage.get("log.1")).isEqualTo(Arrays.copyOf(whole, last));
      }
      assertThat(recover(storage).findings()).isEmpty();
    }
  }

  @Test
  void aLastRecordZeroFilledFromAnyByteIsCutAndSaid() throws IOException {
    logFile(storage, 1, 5);
    byte[] whole = storage.get("log.1");
    int last = offsetOf(1, 4);
    for (int size = last + 5; size < whole.length; size++) {
      storage.put("log.1", Arrays.copyOf(Arrays.copyOf(whole, size), whole.length + 4096));
      Recovered recovered = recover(storage);
      assertThat(recovered.zxids()).as("zeros from %d", size).isEqualTo(range(1, 4));
      assertThat(recovered.findings()).hasSize(1);
      assertThat(storage.size("log.1")).isEqualTo(last);
    }
  }

  @Test
  void aLastRecordWithASectorOfZerosIsCutWhenOnlyZerosFollow() throws IOException {
    byte[] payload = Arrays.copyOf(Records.payload(1), 2000);
    Arrays.fill(payload, 32, payload.length, (byte) 7);
    try (TxnLog log = Records.log(storage, Records.SMALL, 0)) {
      log.append(1, payload, 0, payload.length);
    }
    byte[] torn = storage.get("log.1");
    Arrays.fill(torn, 512, 1024, (byte) 0);
    storage.put("log.1", torn);
    extend("log.1", 4096);
    Recovered recovered = recover(storage);
    assertThat(recovered.zxids()).isEmpty();
    assertThat(recovered.findings()).hasSize(1);
  }

  @Test
  void aLastRecordThatWasWrittenAndOfWhichABitChangedIsRefusedWhicheverBitItIs()
      throws IOException {
    logFile(storage, 1, 5);
    extend("log.1", 4096);
    byte[] whole = storage.get("log.1");
    int last = offsetOf(1, 4);
    for (int at = last; at < offsetOf(1, 5); at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) (1 << bit);
        storage.put("log.1", damaged);
        assertRefused("log.1", last).as("byte %d, bit %d", at - last, bit);
        assertThat(storage.get("log.1")).as("nothing was changed").isEqualTo(damaged);
      }
    }
  }

  @Test
  void aWrongChecksumBeforeOtherBytesIsRefused() throws IOException {
    logFile(storage, 1, 5);
    int last = offsetOf(1, 4);
    flip("log.1", last + 20);
    extend("log.1", 100);
    flip("log.1", storage.get("log.1").length - 1);
    assertRefused("log.1", last).hasMessageContaining("checksum");
  }

  @Test
  void aDamagedRecordFollowedByGoodOnesIsRefusedWhateverTheDamage() throws IOException {
    logFile(storage, 1, 5);
    byte[] whole = storage.get("log.1");
    int start = offsetOf(1, 2);
    int end = offsetOf(1, 3);
    for (int at = start; at < end; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0xff;
      storage.put("log.1", damaged);
      assertRefused("log.1", start).as("byte %d", at - start);
    }
    byte[] hole = whole.clone();
    Arrays.fill(hole, start, end, (byte) 0);
    storage.put("log.1", hole);
    assertRefused("log.1", start).hasMessageContaining("offset " + end);
    assertThat(storage.get("log.1")).as("nothing was changed").isEqualTo(hole);
  }

  @Test
  void aTornRecordIsPassedOverWhenTheNextFileGoesOn() throws IOException {
    logFile(storage, 1, 5);
    truncate("log.1", offsetOf(1, 4) + 30);
    extend("log.1", 4096);
    logFile(storage, 5, 9);
    byte[] before = storage.get("log.1");
    Recovered recovered = recover(storage);
    assertThat(recovered.zxids()).isEqualTo(range(1, 9));
    assertThat(recovered.findings()).hasSize(1);
    assertThat(recovered.findings().get(0).bytesCut()).isZero();
    assertThat(storage.get("log.1")).isEqualTo(before);
  }

  @Test
  void aTornRecordBeforeAFileThatStartsLaterIsRefused() throws IOException {
    logFile(storage, 1, 5);
    truncate("log.1", offsetOf(1, 4) + 30);
    logFile(storage, 6, 9);
    assertRefused("log.6", LogFormat.HEADER_BYTES)
        .hasMessageContaining("zxid 0x6 comes where 0x5 is expected");
  }

  @Test
  void aWrongChecksumAtTheEndOfAnOlderFileIsRefused() throws IOException {
    logFile(storage, 1, 5);
    flip("log.1", offsetOf(1, 4) + 20);
    logFile(storage, 5, 9);
    assertRefused("log.1", offsetOf(1, 4));
  }

  /** Apache's server skips the rest of such a file silently when an epoch ends there. */
  @Test
  void damageInAnOlderFileIsNotHiddenByAChangeOfEpoch() throws IOException {
    logFile(storage, 1, 5);
    flip("log.1", offsetOf(1, 3) - 1);
    logFile(storage, 0x100000001L, 0x100000003L);
    assertRefused("log.1", offsetOf(1, 2));
  }

  @Test
  void anEmptyLastFileIsDeleted() throws IOException {
    logFile(storage, 1, 5);
    storage.put("log.6", new byte[0]);
    Recovered recovered = recover(storage);
    assertThat(recovered.zxids()).isEqualTo(range(1, 5));
    assertThat(recovered.findings()).hasSize(1);
    assertThat(storage.list()).doesNotContain("log.6");
  }

  @Test
  void aLastFileWithoutAWholeHeaderIsMovedAside() throws IOException {
    byte[] header = {'Z', 'K', 'L', 'G', 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0};
    for (int whole = 1; whole < 16; whole++) {
      for (int size : new int[] {whole, 5000}) {
        if (whole >= 4 && size == 5000) {
          continue; // then magic and zeros: a good header
        }
        MemoryStorage disk = new MemoryStorage(whole);
        disk.put("snapshot.0", storage.get("snapshot.0"));
        logFile(disk, 1, 5);
        disk.put("log.6", Arrays.copyOf(Arrays.copyOf(header, whole), size));
        Recovered recovered = recover(disk);
        assertThat(recovered.zxids()).isEqualTo(range(1, 5));
        assertThat(recovered.findings()).hasSize(1);
        assertThat(disk.list()).contains("aside.log.6").doesNotContain("log.6");
      }
    }
  }

  @Test
  void aLastFileOfZerosIsMovedAside() throws IOException {
    logFile(storage, 1, 5);
    storage.put("log.6", new byte[5000]);
    assertThat(recover(storage).zxids()).isEqualTo(range(1, 5));
    assertThat(storage.list()).contains("aside.log.6").doesNotContain("log.6");
  }

  @Test
  void aFileOfZerosBeforeOthersIsRefused() throws IOException {
    storage.put("log.1", new byte[5000]);
    logFile(storage, 0x100000001L, 0x100000003L);
    assertRefused("log.1", 0);
  }

  @Test
  void aFileThatIsNoLogIsRefusedAlsoAsTheLast() throws IOException {
    logFile(storage, 1, 5);
    storage.put(
        "log.6", "a backup of something else".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertRefused("log.6", 0).hasMessageContaining("ZKLG");
  }

  @Test
  void aLastFileWithOnlyAHeaderIsFineAndTheOneBeforeItIsTheTail() throws IOException {
    logFile(storage, 1, 5);
    truncate("log.1", offsetOf(1, 4) + 30);
    storage.put("log.5", Arrays.copyOf(storage.get("log.1"), 16));
    Recovered recovered = recover(storage);
    assertThat(recovered.zxids()).isEqualTo(range(1, 4));
    assertThat(recovered.findings()).hasSize(1);
    assertThat(storage.size("log.1")).isEqualTo(offsetOf(1, 4));
    try (Journal journal = Records.open(storage)) {
      recover(journal);
      Records.appendAll(journal.log(), 5, 7);
    }
    assertThat(recover(storage).zxids()).isEqualTo(range(1, 7));
  }

  @Test
  void repeatedRecordsAndOverlappingFilesAreReadOnceAndSaid() throws IOException {
    logFile(storage, 1, 5);
    logFile(storage, 3, 8);
    logFile(storage, 9, 9);
    Recovered recovered = recover(storage);
    assertThat(recovered.zxids()).isEqualTo(range(1, 9));
    assertThat(recovered.findings()).hasSize(1);
    assertThat(recovered.findings().get(0).what()).contains("3 records repeat");
  }

  @Test
  void aCopyOfALogUnderAnotherSuffixIsALogToo() throws IOException {
    logFile(storage, 1, 5);
    storage.put("log.1.bak", storage.get("log.1"));
    assertThat(recover(storage).zxids()).isEqualTo(range(1, 5));
  }

  @Test
  void aHoleInsideAnEpochIsRefusedAndOneBetweenEpochsIsNot() throws IOException {
    logFile(storage, 1, 5);
    logFile(storage, 0x100000001L, 0x100000003L);
    assertThat(recover(storage).last()).isEqualTo(0x100000003L);
    logFile(storage, 0x100000005L, 0x100000006L);
    assertRefused("log.100000005", LogFormat.HEADER_BYTES)
        .hasMessageContaining("0x100000005 comes where 0x100000004 is expected");
  }

  @Test
  void aLogThatEndsBeforeTheSnapshotIsNormal() throws IOException {
    logFile(storage, 1, 5);
    try (Journal journal = Records.open(storage)) {
      Records.snapshot(journal, 20, 100);
    }
    Recovered recovered = recover(storage);
    assertThat(recovered.snapshot()).isEqualTo(20);
    assertThat(recovered.zxids()).isEmpty();
    assertThat(recovered.last()).isEqualTo(20);
    assertThat(recovered.findings()).isEmpty();
  }

  @Test
  void aLengthBeyondTheLimitIsRefusedWithTheSettingNamed() throws IOException {
    logFile(storage, 1, 5);
    byte[] file = storage.get("log.1");
    file[offsetOf(1, 4) + 8] = 0x7f;
    storage.put("log.1", file);
    assertRefused("log.1", offsetOf(1, 4)).hasMessageContaining("jute.maxbuffer");
    file[offsetOf(1, 4) + 8] = (byte) 0x80;
    storage.put("log.1", file);
    assertRefused("log.1", offsetOf(1, 4));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String file, long offset) {
    return assertThatThrownBy(() -> recover(storage))
        .isInstanceOfSatisfying(
            DamagedException.class,
            damaged -> {
              assertThat(damaged.file()).isEqualTo("/memory/" + file);
              assertThat(damaged.offset()).isEqualTo(offset);
              assertThat(damaged.remedy()).isNotBlank();
            });
  }

  private void flip(String name, int at) throws IOException {
    byte[] bytes = storage.get(name);
    bytes[at] ^= (byte) 0xff;
    storage.put(name, bytes);
  }

  private void truncate(String name, int size) throws IOException {
    storage.put(name, Arrays.copyOf(storage.get(name), size));
  }

  private void extend(String name, int by) throws IOException {
    byte[] bytes = storage.get(name);
    storage.put(name, Arrays.copyOf(bytes, bytes.length + by));
  }
}
