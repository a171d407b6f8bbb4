package io.paddock.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody removes or damages files under an open journal. */
class LostFilesTest {
  private static final byte[] BODY = {1, 2, 3};

  private final MemoryStorage disk = new MemoryStorage(1);
  private Journal journal;
  private long zxid;
  private long nanos;

  /** How far the clock goes on at each look at it. */
  private long nanosStep = 100_000_000;

  @BeforeEach
  void open() throws IOException {
    journal = Journal.open(disk, disk, JournalSettings.defaults(), () -> nanos += nanosStep);
    Recovery recovery = journal.recover();
    recovery.load((of, in) -> in.readAllBytes());
    recovery.replay((of, buf, off, len) -> {});
    snapshot();
    append();
    journal.log().roll();
    append();
  }

  @Test
  void nothingIsLostWhileNobodyTouchesTheFiles() throws IOException {
    assertThat(journal.lost()).isEmpty();
    snapshot();
    assertThat(journal.lost()).isEmpty();
    journal.log().preallocate();
    assertThat(journal.lost()).isEmpty();
    journal.log().roll();
    assertThat(journal.lost()).isEmpty();
    journal.purge();
    assertThat(journal.lost()).isEmpty();
  }

  @Test
  void whatIsForcedIntoARemovedFileIsNotDurable() {
    disk.lose("log.2");
    checkForceFails("log.2 is gone");
  }

  @Test
  void aRemovedFileIsNoticedByTheNextForceHoweverSoonItComes() throws IOException {
    append();
    nanosStep = 0;
    append();
    disk.lose("log.2");
    checkForceFails("log.2 is gone");
  }

  @Test
  void forcesInQuickSuccessionDoNotEachAskForTheFilesTimes() throws IOException {
    append();
    nanosStep = 1_000;
    int before = disk.marks();
    for (int i = 0; i < 1000; i++) {
      append();
    }
    assertThat(disk.marks() - before).isLessThan(10);
  }

  @Test
  void whatIsForcedIntoARemovedDirectoryIsNotDurable() {
    disk.vanish();
    checkForceFails("gone");
  }

  @Test
  void whatIsForcedWhileAnotherFileHasTheNameIsNotDurable() throws IOException {
    disk.put("log.2", disk.get("log.2"));
    checkForceFails("log.2 is another file");
  }

  @Test
  void whatIsForcedBehindACutIsNotDurable() throws IOException {
    disk.cut("log.2", 20);
    checkForceFails("log.2 was cut");
  }

  @Test
  void aCutThatTheNextWriteWouldFillWithZerosIsNoticed() throws IOException {
    reopen(JournalSettings.defaults().withPreAllocBytes(0));
    append();
    disk.cut("log.3", 0);
    checkForceFails("log.3 was cut");
  }

  @Test
  void anotherSegmentAndTheSnapshotAreMissedToo() throws IOException {
    disk.lose("log.1");
    assertThat(journal.lost()).singleElement().asString().contains("log.1 is gone");
    remake();
    disk.lose("snapshot.2");
    assertThat(journal.lost()).singleElement().asString().contains("snapshot.2 is gone");
    remake();
    disk.cut("snapshot.2", 30);
    assertThat(journal.lost()).singleElement().asString().contains("snapshot.2 was cut");
    remake();
    checkRestart(2);
  }

  @Test
  void whatARestartDoesNotNeedMayGo() throws IOException {
    snapshot();
    disk.lose("snapshot.0");
    disk.lose("log.1");
    assertThat(journal.lost()).isEmpty();
  }

  @Test
  void whatWasLostIsMadeAnewAndTheLogGoesOnBehindIt() throws IOException {
    journal.epochs().saveAccepted(7);
    journal.epochs().saveCurrent(6);
    disk.vanish();
    assertThat(journal.lost()).singleElement().asString().contains("gone");
    remake();
    append();
    checkRestart(3);
    assertThat(journal.epochs().accepted()).hasValue(7);
    assertThat(journal.epochs().current()).hasValue(6);
  }

  @Test
  void aLogThatWasCutIsMovedAsideSoThatTheNextStartDoesNotStumbleOverIt() throws IOException {
    append();
    append();
    byte[] damaged = disk.get("log.2");
    java.util.Arrays.fill(damaged, 0, 120, (byte) 0);
    disk.put("log.2", damaged);
    checkForceFails("another file");
    remake();
    assertThat(disk.list()).contains("aside.log.2").doesNotContain("log.2");
    checkRestart(zxid);
  }

  @Test
  void withoutRoomForTheSnapshotItIsStillLost() throws IOException {
    disk.vanish();
    disk.setCapacityBytes(10);
    assertThatThrownBy(this::remake).isInstanceOf(DiskFullException.class);
    assertThat(journal.lost()).isNotEmpty();
    disk.setCapacityBytes(Long.MAX_VALUE);
    remake();
    checkRestart(2);
  }

  @Test
  void epochsThatWereRemovedAreWrittenAgain() throws IOException {
    journal.epochs().saveAccepted(7);
    journal.epochs().saveCurrent(6);
    assertThat(journal.restoreEpochs()).isEmpty();
    disk.lose("acceptedEpoch");
    disk.cut("currentEpoch", 0);
    assertThat(journal.restoreEpochs()).hasSize(2);
    assertThat(journal.epochs().accepted()).hasValue(7);
    assertThat(journal.epochs().current()).hasValue(6);
  }

  @Test
  void nothingIsPurgedInADirectoryThatIsNotOurs() throws IOException {
    disk.vanish();
    assertThatThrownBy(journal::purge).isInstanceOf(FilesLostException.class);
  }

  private void checkForceFails(String words) {
    assertThatThrownBy(this::append)
        .isInstanceOf(FilesLostException.class)
        .hasMessageContaining(words);
    assertThat(journal.log().forcedZxid()).isEqualTo(zxid - 1);
  }

  private void append() throws IOException {
    byte[] record = Records.payload(++zxid);
    journal.log().append(zxid, record, 0, record.length);
    assertThat(journal.log().force()).isEqualTo(zxid);
  }

  private void snapshot() throws IOException {
    journal.writeSnapshot(zxid, OptionalLong.empty(), out -> out.write(BODY));
  }

  private void remake() throws IOException {
    journal.remake(zxid, OptionalLong.empty(), out -> out.write(BODY));
    assertThat(journal.lost()).isEmpty();
  }

  private void reopen(JournalSettings settings) throws IOException {
    journal.close();
    journal = Journal.open(disk, disk, settings, () -> 0);
    Recovery recovery = journal.recover();
    recovery.load((of, in) -> in.readAllBytes());
    recovery.replay((of, buf, off, len) -> {});
  }

  /** After a power cut a start finds everything up to {@code last}. */
  private void checkRestart(long last) throws IOException {
    MemoryStorage after = disk.crash(3);
    Journal next = Journal.open(after, after, JournalSettings.defaults(), () -> nanos += nanosStep);
    Recovery recovery = next.recover();
    assertThat(recovery.load((of, in) -> in.readAllBytes())).isPresent();
    List<Long> replayed = new ArrayList<>();
    assertThat(recovery.replay((of, buf, off, len) -> replayed.add(of))).isEqualTo(last);
    assertThat(next.lost()).isEmpty();
    journal = next;
  }
}
