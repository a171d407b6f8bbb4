package io.paddock.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paddock.metrics.EventCounter;
import io.paddock.metrics.EventSummary;
import io.paddock.metrics.LatencyHistogram;
import io.paddock.metrics.LoopMetrics;
import io.paddock.metrics.ServerMetrics;
import io.paddock.metrics.Summary;
import io.paddock.tree.Change;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counting, and the names that counts are published under. */
class ServerMetricsTest {
  @TempDir Path directory;

  @Test
  void latenciesOfAllLoopsAreAddedUp() {
    ServerMetrics metrics = new ServerMetrics(1000);
    LoopMetrics one = metrics.newLoop();
    LoopMetrics two = metrics.newLoop();
    one.replied(false, 20, 1_000_000);
    two.replied(false, 20, 3_000_000);
    two.replied(true, 20, 11_500_000);
    assertThat(metrics.reads()).isEqualTo(new Summary(2, 4, 1, 3));
    assertThat(metrics.updates()).isEqualTo(new Summary(1, 11.5, 11, 11));
    assertThat(metrics.requests().average()).isEqualTo(15.5 / 3);
  }

  @Test
  void aResetReachesALoopThatIsQuietAndOneThatIsNot() {
    ServerMetrics metrics = new ServerMetrics(1000);
    LoopMetrics quiet = metrics.newLoop();
    LoopMetrics busy = metrics.newLoop();
    quiet.received();
    busy.received();
    busy.replied(false, 20, 9_000_000);
    metrics.count(EventCounter.CONNECTION_REJECTED);
    metrics.reset();
    busy.received();
    busy.bytesReceived(7);
    assertThat(metrics.packetsReceived()).isEqualTo(1);
    assertThat(metrics.bytesReceived()).isEqualTo(7);
    assertThat(metrics.reads()).isEqualTo(Summary.EMPTY);
    assertThat(metrics.readQuantile(0.5)).isZero();
    assertThat(metrics.value(EventCounter.CONNECTION_REJECTED)).isZero();
  }

  @Test
  void sizesOfRepliesAreThoseOfAllLoops() {
    ServerMetrics metrics = new ServerMetrics(1000);
    assertThat(metrics.responseSizes()).isEqualTo(new ServerMetrics.ResponseSizes(-1, -1, -1));
    LoopMetrics one = metrics.newLoop();
    metrics.newLoop();
    one.replied(false, 20, 1);
    one.replied(false, 84, 1);
    one.replied(false, 30, 1);
    assertThat(metrics.responseSizes()).isEqualTo(new ServerMetrics.ResponseSizes(30, 20, 84));
  }

  @Test
  void slowForcesAreCounted() {
    ServerMetrics metrics = new ServerMetrics(20);
    metrics.forced(20_900_000);
    metrics.forced(21_000_000);
    assertThat(metrics.value(EventCounter.FSYNC_THRESHOLD_EXCEED_COUNT)).isEqualTo(1);
    assertThat(metrics.value(EventSummary.FSYNCTIME)).isEqualTo(new Summary(2, 41, 20, 21));
  }

  @Test
  void quantilesAreWithinABucketsWidth() {
    long seed = 7;
    Random random = new Random(seed);
    LatencyHistogram histogram = new LatencyHistogram();
    List<Long> values = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      long value = (long) Math.exp(random.nextDouble() * 20);
      values.add(value);
      histogram.record(value);
    }
    values.sort(null);
    long[] counts = new long[LatencyHistogram.BUCKETS];
    histogram.addTo(counts);
    for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 0.999}) {
      double exact = values.get((int) Math.ceil(share * values.size()) - 1);
      assertThat((double) LatencyHistogram.quantile(counts, share))
          .as("share %s, seed %d", share, seed)
          .isCloseTo(exact, within(Math.max(1, exact / 8)));
    }
  }

  @Test
  void absurdLatenciesAreCountedAtTheEnds() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(-5);
    histogram.record(Long.MAX_VALUE);
    long[] counts = new long[LatencyHistogram.BUCKETS];
    histogram.addTo(counts);
    assertThat(LatencyHistogram.quantile(counts, 0.5)).isZero();
    assertThat(LatencyHistogram.quantile(counts, 1)).isGreaterThan(1L << 39);
  }

  @Test
  void mntrShowsWholeNumbersPlainAndAveragesWithFourDecimals() {
    FakeStatus status = new FakeStatus(directory);
    LoopMetrics loop = status.metrics.newLoop();
    loop.replied(false, 20, 1_234_567);
    loop.replied(false, 20, 2_000_000);
    loop.fired(Change.Kind.CREATED, 3);
    assertThat(MetricsReport.flat(MetricsReport.of(status), false))
        .containsEntry("avg_latency", 1.6173)
        .containsEntry("max_latency", 2L)
        .containsEntry("cnt_readlatency", 2L)
        .containsEntry("sum_readlatency", 3L)
        .containsEntry("p50_readlatency", 1L)
        .containsEntry("p99_readlatency", 2L)
        .containsEntry("sum_node_created_watch_count", 3L)
        .containsEntry("max_node_created_watch_count", 3L)
        .containsEntry("avg_proposal_latency", 0.0)
        .containsEntry("znode_count", 7);
  }

  @Test
  void prometheusGetsApachesNames() {
    FakeStatus status = new FakeStatus(directory);
    status.metrics.newLoop().replied(false, 20, 2_000_000);
    status.metrics.count(EventCounter.CONNECTION_REQUEST_COUNT);
    status.metrics.forced(5_000_000);
    assertThat(PrometheusText.of(status))
        .contains(
            """
            # HELP znode_count znode_count
            # TYPE znode_count gauge
            znode_count 7.0
            """,
            """
            # TYPE connection_request_count counter
            connection_request_count 1.0
            """,
            """
            # TYPE fsynctime summary
            fsynctime{quantile="0.5"} 5.0
            fsynctime_count 1.0
            fsynctime_sum 5.0
            """,
            "readlatency{quantile=\"0.99\"} ",
            "readlatency_count 1.0\nreadlatency_sum 2.0\n",
            "updatelatency{quantile=\"0.5\"} NaN\n",
            "jvm_memory_bytes_used{area=\"heap\"} ",
            "process_cpu_seconds_total ");
    status.settings.put("metricsProvider.exportJvmInfo", "false");
    assertThat(PrometheusText.of(status)).doesNotContain("jvm_memory");
  }

  @Test
  void everyLineOfTheScrapeParses() {
    assertThat(PrometheusText.of(new FakeStatus(directory)).lines())
        .allMatch(
            line ->
                line.matches("# (HELP|TYPE) [a-z0-9_]+ [a-z0-9_]+")
                    || line.matches(
                        "[a-z0-9_]+(\\{([a-z]+=\"[^\"]*\",?)+})? (NaN|-?[0-9.]+(E-?[0-9]+)?)"))
        .hasSizeGreaterThan(200);
  }

  @Test
  void mntrShowsPrometheusNamesWhenThatIsConfigured() {
    FakeStatus status = new FakeStatus(directory);
    status.metrics.newLoop().replied(false, 20, 2_000_000);
    assertThat(MetricsReport.flat(MetricsReport.of(status), true))
        .containsEntry("znode_count", 7.0)
        .containsEntry("readlatency_count", 1.0)
        .containsKey("readlatency{quantile=\"0.99\"}")
        .doesNotContainKey("cnt_readlatency");
  }
}
