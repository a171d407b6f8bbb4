package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.PauseConfig;
import io.paddock.config.ZooCfg;
import io.paddock.metrics.EventSummary;
import io.paddock.metrics.ServerMetrics;
import io.paddock.metrics.Summary;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What counts as a pause of the process. */
class PauseMonitorTest {
  @Test
  void onlyTheTimeBeyondTheSleepIsAPause() throws Exception {
    ServerMetrics metrics = new ServerMetrics(1000);
    PauseConfig config = ZooCfg.of(Map.of("dataDir", "/d", "clientPort", "0"), Map.of()).pause();
    assertThat(config).isEqualTo(new PauseConfig(false, 500, 1000, 10_000));
    PauseMonitor monitor = new PauseMonitor(config, metrics, new Guard(failure -> {}));
    monitor.slept(499);
    monitor.slept(2000);
    assertThat(metrics.value(EventSummary.JVM_PAUSE_TIME_MS))
        .isEqualTo(new Summary(2, 1500, 0, 1500));
  }

  @Test
  void itLooksUntilItIsClosed() {
    ServerMetrics metrics = new ServerMetrics(1000);
    try (PauseMonitor monitor =
        PauseMonitor.start(new PauseConfig(true, 1, 0, 5), metrics, new Guard(failure -> {}))) {
      assertThat(monitor).isNotNull();
      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (metrics.value(EventSummary.JVM_PAUSE_TIME_MS).count() < 3) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.onSpinWait();
      }
    }
  }
}
