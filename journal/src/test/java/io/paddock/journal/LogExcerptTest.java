package io.paddock.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a leader reads of its log for learners: near its place, and with nothing taken away. */
class LogExcerptTest {
  private static final int RECORDS = 60_000;

  /** Two of the reader's windows: the marked place and what follows. */
  private static final long LITTLE = 5L << 19;

  private static final long EPOCH_1 = 1L << 32;

  private final MemoryStorage storage = new MemoryStorage(1);

  @Test
  void aTransactionIsFoundNearItsPlaceHoweverLongTheLogIs() throws IOException {
    try (Journal journal = large()) {
      assertThat(storage.usedBytes()).isGreaterThan(3 * LITTLE);
      checkReadsLittle(journal);
    }
    try (Journal journal = Records.open(storage)) {
      Records.recover(journal);
      checkReadsLittle(journal);
    }
  }

  private void checkReadsLittle(Journal journal) throws IOException {
    for (long zxid : new long[] {1, 20_000, RECORDS - 5}) {
      long before = storage.bytesRead();
      LogSpot spot = journal.find(zxid);
      assertThat(spot.next()).isEqualTo(zxid + 1);
      assertThat(storage.bytesRead() - before).as("0x%x", zxid).isLessThan(LITTLE);
    }
    long before = storage.bytesRead();
    assertThat(read(journal, RECORDS - 5, RECORDS)).isEqualTo(Records.range(RECORDS - 4, RECORDS));
    assertThat(storage.bytesRead() - before).isLessThan(LITTLE);
  }

  @Test
  void howMuchIsBehindATransactionIsToldWithoutWhatIsReserved() throws IOException {
    JournalSettings reserving = Records.SMALL.withPreAllocBytes(64 << 20);
    try (Journal journal = Records.open(storage, reserving)) {
      Records.recover(journal);
      Records.appendAll(journal.log(), 1, 1000);
      journal.log().force();
      assertThat(storage.usedBytes()).isGreaterThan(1 << 20);
      long all = journal.find(1).bytesBehind();
      assertThat(all).isBetween(1000 * 45L, 1000 * 245L);
      assertThat(journal.find(500).bytesBehind()).isBetween(all / 3, 2 * all / 3);
      journal.log().roll();
      Records.appendAll(journal.log(), 1001, 1002);
      journal.log().force();
      assertThat(journal.find(1).bytesBehind()).isBetween(all, all + 600);
    }
  }

  @Test
  void whatIsNotThereOrIsTheLastIsNotFound() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.recover(journal);
      Records.snapshot(journal, 4, 100);
      Records.appendAll(journal.log(), 5, 9);
      Records.appendAll(journal.log(), EPOCH_1 + 1, EPOCH_1 + 3);
      journal.log().force();
      for (long zxid : new long[] {0, 3, 4, EPOCH_1, EPOCH_1 + 3, EPOCH_1 + 9}) {
        assertThat(journal.find(zxid)).as("0x%x", zxid).isNull();
      }
      assertThat(journal.find(9).next()).isEqualTo(EPOCH_1 + 1);
      LogSpot beyond = journal.find(12);
      assertThat(beyond.at()).as("the end of its epoch").isEqualTo(9);
      assertThat(beyond.next()).isEqualTo(EPOCH_1 + 1);
    }
  }

  @Test
  void theEndMayBeNoTransaction() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.recover(journal);
      Records.appendAll(journal.log(), 1, 9);
      Records.appendAll(journal.log(), EPOCH_1 + 1, EPOCH_1 + 3);
      journal.log().force();
      assertThat(read(journal, 4, EPOCH_1)).isEqualTo(Records.range(5, 9));
      assertThat(journal.read(4, EPOCH_1 + 4, (zxid, bytes, off, len) -> {})).isFalse();
    }
  }

  @Test
  void retentionLeavesWhatIsBeingRead() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.recover(journal);
      for (int file = 0; file < 6; file++) {
        Records.snapshot(journal, 10 * file, 100);
        Records.appendAll(journal.log(), 10 * file + 1, 10 * file + 10);
        journal.log().roll();
      }
      List<Long> zxids = new ArrayList<>();
      boolean whole =
          journal.read(
              14,
              60,
              (zxid, bytes, off, len) -> {
                zxids.add(zxid);
                if (zxid == 15) {
                  assertThat(journal.purge()).containsExactly("snapshot.0", "snapshot.a", "log.1");
                }
              });
      assertThat(whole).isTrue();
      assertThat(zxids).isEqualTo(Records.range(15, 60));
      assertThat(journal.purge()).containsExactly("snapshot.14", "log.b");
    }
  }

  @Test
  void aPlaceThatIsGoneIsNotLookedFor() throws IOException {
    try (Journal journal = large()) {
      assertThat(journal.find(RECORDS - 5)).isNotNull();
      journal.log().roll();
      assertThat(journal.truncate(10)).isTrue();
      Records.recover(journal);
      Records.appendAll(journal.log(), EPOCH_1 + 1, EPOCH_1 + 20);
      journal.log().force();
      assertThat(journal.find(RECORDS - 5).at()).isEqualTo(10);
      assertThat(journal.find(10).next()).isEqualTo(EPOCH_1 + 1);
      assertThat(read(journal, 8, EPOCH_1 + 2)).containsExactly(9L, 10L, EPOCH_1 + 1, EPOCH_1 + 2);
    }
  }

  private Journal large() throws IOException {
    Journal journal = Records.open(storage);
    Records.recover(journal);
    Records.snapshot(journal, 0, 100);
    for (long zxid = 1; zxid <= RECORDS; zxid += 1000) {
      Records.appendAll(journal.log(), zxid, zxid + 999);
      journal.log().force();
    }
    return journal;
  }

  private static List<Long> read(Journal journal, long after, long upTo) throws IOException {
    List<Long> zxids = new ArrayList<>();
    assertThat(journal.read(after, upTo, Records.collector(zxids))).isTrue();
    return zxids;
  }
}
