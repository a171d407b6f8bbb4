package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
  private static final BenchMetric RATE = BenchMetric.throughput("get", 2);
  private static final BenchMetric CPU = BenchMetric.cpu("get", 0.4);

  private final Samples samples = new Samples();

  @Test
  void theMedianOfAnOddCountIsTheMiddleAndOfAnEvenCountTheMeanOfTheTwo() {
    assertThat(Samples.median(List.of(9.0, 1.0, 3.0))).isEqualTo(3);
    assertThat(Samples.median(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3);
    assertThat(Samples.median(List.of())).isNaN();
  }

  @Test
  void theRatioIsToTheBetterApacheInTheMetricsDirection() {
    add(RATE, 100, 200, 500);
    add(CPU, 10, 20, 5);
    assertThat(samples.ratio(RATE)).isEqualTo(2.5);
    assertThat(samples.ratio(CPU)).isEqualTo(0.5);
    assertThat(RATE.isMet(samples.ratio(RATE))).isTrue();
    assertThat(CPU.isMet(samples.ratio(CPU))).isFalse();
  }

  @Test
  void theRatioIsOfMediansAndNotTheMedianOfRatios() {
    add(RATE, 100, 100, 100);
    add(RATE, 200, 200, 900);
    add(RATE, 900, 900, 300);
    assertThat(samples.ratio(RATE)).isEqualTo(300.0 / 200);
  }

  @Test
  void aMissingApacheVariantLeavesTheOther() {
    samples.add(RATE, ServerKind.APACHE_NETTY, 10);
    samples.add(RATE, ServerKind.PADDOCK, 20);
    assertThat(samples.ratio(RATE)).isEqualTo(2);
  }

  @Test
  void oneWrongReplyTakesTheNumberAway() {
    add(RATE, 100, 200, 500);
    samples.addErrors(RATE, ServerKind.PADDOCK, 1);
    assertThat(samples.median(RATE, ServerKind.PADDOCK)).isNaN();
    assertThat(samples.ratio(RATE)).isNaN();
    assertThat(RATE.isMet(samples.ratio(RATE))).isFalse();
  }

  @Test
  void timesBetterTurnsLowerIsBetterRound() {
    assertThat(CPU.timesBetter(0.25)).isEqualTo(4);
    assertThat(RATE.timesBetter(0.25)).isEqualTo(0.25);
  }

  private void add(BenchMetric metric, double nio, double netty, double paddock) {
    samples.add(metric, ServerKind.APACHE_NIO, nio);
    samples.add(metric, ServerKind.APACHE_NETTY, netty);
    samples.add(metric, ServerKind.PADDOCK, paddock);
  }
}
