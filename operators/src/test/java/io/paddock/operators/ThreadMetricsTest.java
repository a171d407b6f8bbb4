package io.paddock.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.metrics.Distribution;
import io.paddock.metrics.HotCounter;
import io.paddock.metrics.HotSummary;
import io.paddock.metrics.KeyedRecorders;
import io.paddock.metrics.KeyedSummary;
import io.paddock.metrics.PoolAllocations;
import io.paddock.metrics.ServerMetrics;
import io.paddock.metrics.Summary;
import io.paddock.metrics.ThreadMetrics;
import io.paddock.tree.QuotaFigures;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures that threads keep for themselves, and how they are shown together. */
class ThreadMetricsTest {
  private final ServerMetrics metrics = new ServerMetrics(1000);
  private final ThreadMetrics one = metrics.newThread();
  private final ThreadMetrics two = metrics.newThread();

  @TempDir Path directory;

  @Test
  void whatThreadsRecordIsAddedUpAndShownInMilliseconds() {
    one.record(HotSummary.PREP_PROCESS_TIME, 2_500_000);
    two.record(HotSummary.PREP_PROCESS_TIME, 9_000_000);
    two.record(HotSummary.PREP_PROCESS_TIME, 500_000);
    one.add(HotCounter.RESPONSE_BYTES, 5);
    two.add(HotCounter.RESPONSE_BYTES, 7);
    Distribution shown = metrics.value(HotSummary.PREP_PROCESS_TIME);
    assertThat(shown.summary()).isEqualTo(new Summary(3, 12, 0, 9));
    assertThat(shown.quantile().applyAsDouble(0.5)).isBetween(2.3, 2.7);
    assertThat(metrics.value(HotCounter.RESPONSE_BYTES)).isEqualTo(12);
    assertThat(metrics.value(HotSummary.SYNC_PROCESS_TIME).summary()).isEqualTo(Summary.EMPTY);
  }

  @Test
  void aResetReachesAThreadThatIsQuietAndOneThatIsNot() {
    for (ThreadMetrics thread : new ThreadMetrics[] {one, two}) {
      thread.record(HotSummary.PREP_PROCESSOR_QUEUE_SIZE, 4);
      thread.add(HotCounter.WATCH_BYTES, 4);
      thread.keyed(KeyedSummary.READ_PER_NAMESPACE).recordForPath("/a", 4);
    }
    metrics.quotaExceeded("/a/b");
    metrics.reset();
    two.record(HotSummary.PREP_PROCESSOR_QUEUE_SIZE, 1);
    two.keyed(KeyedSummary.READ_PER_NAMESPACE).recordForPath("/b", 1);
    assertThat(metrics.value(HotSummary.PREP_PROCESSOR_QUEUE_SIZE).summary())
        .isEqualTo(new Summary(1, 1, 1, 1));
    assertThat(metrics.value(HotCounter.WATCH_BYTES)).isZero();
    assertThat(metrics.value(KeyedSummary.READ_PER_NAMESPACE)).containsOnlyKeys("b");
    assertThat(metrics.quotaExceeded()).isEmpty();
  }

  @Test
  void aPathCountsForItsFirstNameAndNothingElse() {
    KeyedRecorders reads = one.keyed(KeyedSummary.READ_PER_NAMESPACE);
    for (String path :
        new String[] {"/app", "/app/x", "/apple", "/app", "/ap", "/", "", "/apple/y"}) {
      reads.recordForPath(path, path.length());
    }
    two.keyed(KeyedSummary.READ_PER_NAMESPACE).recordForPath("/app/on/another/thread", 30);
    var shown = metrics.value(KeyedSummary.READ_PER_NAMESPACE);
    assertThat(shown).containsOnlyKeys("ap", "app", "apple");
    assertThat(shown.get("app").summary()).isEqualTo(new Summary(4, 4 + 6 + 4 + 30, 4, 30));
    assertThat(shown.get("apple").summary().count()).isEqualTo(2);
  }

  @Test
  void strangersCannotMakeMoreNamesThanTheBound() {
    KeyedRecorders reads = one.keyed(KeyedSummary.READ_PER_NAMESPACE);
    reads.recordForPath("/" + "long".repeat(100) + "/x", 1);
    for (int i = 0; i < 3 * KeyedRecorders.KEYS_MAX; i++) {
      reads.recordForPath("/n" + i + "/x", 1);
      metrics.quotaExceeded("/n" + i);
    }
    reads.recordForPath("/n7", 1);
    var shown = metrics.value(KeyedSummary.READ_PER_NAMESPACE);
    assertThat(shown)
        .hasSize(KeyedRecorders.KEYS_MAX)
        .containsKey("n199")
        .doesNotContainKey("n200");
    assertThat(shown.get("n7").summary().count()).isEqualTo(2);
    assertThat(metrics.quotaExceeded()).hasSize(KeyedRecorders.KEYS_MAX);
  }

  @Test
  void aKeyStandsBeforeTheNameInMntrAndInALabelForPrometheus() {
    FakeStatus status = new FakeStatus(directory);
    status.metrics.newThread().keyed(KeyedSummary.WRITE_PER_NAMESPACE).recordForPath("/a\"b\\c", 9);
    status.quotas.put("q", new QuotaFigures(10, -1, 3, 12));
    assertThat(MetricsReport.monitor(status))
        .containsEntry("sum_a\"b\\c_write_per_namespace", 9L)
        .containsEntry("q_quota_count_limit_per_namespace", 10L)
        .containsEntry("q_quota_bytes_usage_per_namespace", 12L);
    assertThat(PrometheusText.of(status))
        .contains(
            """
            # TYPE write_per_namespace summary
            write_per_namespace{key="a\\"b\\\\c",quantile="0.5"} 9.0
            write_per_namespace_count{key="a\\"b\\\\c"} 1.0
            """,
            "\nquota_bytes_limit_per_namespace{key=\"q\"} -1.0\n");
  }

  @Test
  void aPoolIsGivenWhatItGrowsBetweenCollectionsAndInOne() {
    PoolAllocations pools = new PoolAllocations();
    pools.collected(
        Map.of("Eden", used(100), "Old", used(10)), Map.of("Eden", used(0), "Old", used(40)));
    assertThat(pools.byPool()).containsEntry("Eden", 100L).containsEntry("Old", 40L);
    pools.collected(
        Map.of("Eden", used(70), "Old", used(40)), Map.of("Eden", used(0), "Old", used(5)));
    assertThat(pools.byPool()).containsEntry("Eden", 170L).containsEntry("Old", 40L);
  }

  private static MemoryUsage used(long bytes) {
    return new MemoryUsage(0, bytes, 1000, 1000);
  }
}
