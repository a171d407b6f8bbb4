package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SnapshotScheduleTest {
  @Test
  void oneIsDueAfterHalfTheTransactionsAndARandomPartOfTheOtherHalf() {
    Set<Integer> intervals = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      SnapshotSchedule schedule = new SnapshotSchedule(100, 0, 0, new SplittableRandom(seed));
      intervals.add(untilDue(schedule, 10));
      intervals.add(untilDue(schedule, 10));
    }
    assertThat(intervals).allMatch(count -> count > 50 && count <= 100);
    assertThat(intervals).as("drawn anew each time").hasSizeGreaterThan(20);
  }

  @Test
  void whatWasReplayedCounts() {
    SnapshotSchedule schedule = new SnapshotSchedule(100, 0, 5000, new SplittableRandom(1));
    assertThat(schedule.count(10)).isTrue();
    assertThat(untilDue(schedule, 10)).isGreaterThan(50);
  }

  @Test
  void bytesCountToo() {
    for (int seed = 0; seed < 50; seed++) {
      SnapshotSchedule schedule =
          new SnapshotSchedule(1_000_000, 10_000, 0, new SplittableRandom(seed));
      assertThat(untilDue(schedule, 100)).isBetween(50, 101);
    }
  }

  @Test
  void theSmallestCountWorks() {
    SnapshotSchedule schedule = new SnapshotSchedule(0, 0, 0, new SplittableRandom(1));
    assertThat(untilDue(schedule, 10)).isEqualTo(2);
  }

  private static int untilDue(SnapshotSchedule schedule, int bytes) {
    int count = 1;
    while (!schedule.count(bytes)) {
      count++;
    }
    return count;
  }
}
