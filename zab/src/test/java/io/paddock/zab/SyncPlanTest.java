package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of the quorum sheet, section 3.6, and where this leader is more careful. */
class SyncPlanTest {
  private static final int MEMORY = 500;

  /** A leader's log 1:1 … 1:9, 3:1 … 3:5, of which memory has the last {@code kept}. */
  private static History history(int kept) {
    List<LoggedTxn> all = new ArrayList<>();
    for (int counter = 1; counter <= 9; counter++) {
      all.add(new LoggedTxn(Zxid.of(1, counter), new byte[1]));
    }
    for (int counter = 1; counter <= 5; counter++) {
      all.add(new LoggedTxn(Zxid.of(3, counter), new byte[1]));
    }
    return History.recovered(
        new DurableState(3, 3, Zxid.of(3, 5), all.subList(all.size() - kept, all.size())),
        new ZabSettings(1, 1, 1, 0, 1, 1, 1, 1, 1, MEMORY, 1 << 20, 9, false));
  }

  private static String choose(int epoch, int counter, int kept) {
    SyncPlan plan =
        SyncPlan.choose(Zxid.of(epoch, counter), Zxid.of(3, 5), Zxid.of(3, 5), history(kept));
    return text(plan);
  }

  private static String text(SyncPlan plan) {
    return switch (plan.kind()) {
      case SNAP, ASK -> plan.kind().toString();
      case DIFF -> "DIFF after " + zxid(plan.after());
      case TRUNC -> "TRUNC " + zxid(plan.zxid()) + " after " + zxid(plan.after());
    };
  }

  private static String zxid(long zxid) {
    return Zxid.epoch(zxid) + ":" + Zxid.counter(zxid);
  }

  @Test
  void equalHistoriesNeedNothing() {
    assertThat(choose(3, 5, 14)).isEqualTo("DIFF after 3:5");
  }

  @Test
  void aLearnerBehindGetsWhatItLacks() {
    assertThat(choose(3, 2, 14)).isEqualTo("DIFF after 3:2");
    assertThat(choose(1, 4, 14)).isEqualTo("DIFF after 1:4");
    assertThat(choose(1, 9, 14)).isEqualTo("DIFF after 1:9");
    assertThat(choose(1, 1, 14)).isEqualTo("DIFF after 1:1");
  }

  @Test
  void aLearnerAheadInTheSameEpochIsCut() {
    assertThat(choose(3, 8, 14)).isEqualTo("TRUNC 3:5 after 3:5");
  }

  @Test
  void aLearnerAheadInAnEpochThatIsUnknownHereGetsASnapshot() {
    assertThat(choose(4, 2, 14)).isEqualTo("SNAP");
  }

  @Test
  void aLearnerWithATailOfAnEarlierEpochIsCutToWhatIsHereOfThatEpoch() {
    assertThat(choose(1, 12, 14)).isEqualTo("TRUNC 1:9 after 1:9");
  }

  @Test
  void aLearnerAheadInAnEpochThatLeftNothingHereGetsASnapshot() {
    assertThat(choose(2, 1, 14)).isEqualTo("SNAP");
  }

  @Test
  void aLearnerAtTheMarkOfAnEpochGetsThatEpoch() {
    assertThat(choose(3, 0, 14)).isEqualTo("DIFF after 3:0");
  }

  @Test
  void aLearnerAtTheMarkOfAnEpochWithoutTransactionsGetsASnapshot() {
    assertThat(choose(2, 0, 14)).isEqualTo("SNAP");
    assertThat(choose(4, 0, 14)).isEqualTo("SNAP");
  }

  @Test
  void anEmptyLearnerGetsASnapshot() {
    assertThat(choose(0, 0, 14)).isEqualTo("SNAP");
    assertThat(text(SyncPlan.choose(-1, Zxid.of(3, 5), Zxid.of(3, 5), history(14))))
        .isEqualTo("SNAP");
  }

  @Test
  void whatMemoryDoesNotHaveTheDiskIsAskedFor() {
    assertThat(choose(1, 4, 3)).isEqualTo("ASK");
    assertThat(choose(1, 4, 0)).isEqualTo("ASK");
  }

  @Test
  void theDiskDecidesByTheSameWalk() {
    long last = Zxid.of(3, 5);
    assertThat(
            text(
                SyncPlan.choose(
                    Zxid.of(1, 4), last, new LogPlace(true, Zxid.of(1, 4), Zxid.of(1, 5)))))
        .isEqualTo("DIFF after 1:4");
    assertThat(
            text(
                SyncPlan.choose(
                    Zxid.of(1, 12), last, new LogPlace(true, Zxid.of(1, 9), Zxid.of(3, 1)))))
        .isEqualTo("TRUNC 1:9 after 1:9");
    assertThat(text(SyncPlan.choose(Zxid.of(1, 4), last, LogPlace.NONE))).isEqualTo("SNAP");
  }

  @Test
  void aNewLeaderWithoutTransactionsStandsAtTheMarkOfItsEpoch() {
    long mark = Zxid.of(4, 0);
    long max = Zxid.of(3, 5);
    assertThat(text(SyncPlan.choose(mark, mark, max, history(14)))).isEqualTo("DIFF after 4:0");
    assertThat(text(SyncPlan.choose(max, mark, max, history(14)))).isEqualTo("DIFF after 3:5");
    assertThat(text(SyncPlan.choose(Zxid.of(3, 7), mark, max, history(14))))
        .isEqualTo("TRUNC 3:5 after 3:5");
  }
}
