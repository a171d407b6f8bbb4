package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyTimelineTest {
  private final LatencyTimeline timeline = new LatencyTimeline(millis(1000), millis(2000));

  @Test
  void onlyStallsInsideTheAskedTimeCount() {
    timeline.record(millis(1100), 7);
    timeline.record(millis(1500), 900);
    timeline.record(millis(1510), 30);
    timeline.record(millis(2000), 5000);
    assertThat(timeline.longest(millis(1400), millis(1600))).isEqualTo(900);
    assertThat(timeline.longest(millis(1000), millis(1200))).isEqualTo(7);
    assertThat(timeline.longest(millis(1600), millis(1900))).isZero();
  }

  @Test
  void timesOutsideTheSpanFallIntoItsEnds() {
    timeline.record(millis(9000), 3);
    assertThat(timeline.longest(millis(2990), millis(9999))).isEqualTo(3);
  }

  private static long millis(long count) {
    return TimeUnit.MILLISECONDS.toNanos(count);
  }
}
