package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ZooCfg;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import io.paddock.operators.MetricsReport;
import io.paddock.testlib.QuietLog;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Figures of what happens rarely, on a whole server. */
@ExtendWith(QuietLog.class)
class RareEventsTest {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  @TempDir Path dir;

  @Test
  void clientsThatHangUpComeBackOrStayAwayAreCounted() throws Exception {
    Map<String, String> settings =
        Map.of(
            "dataDir", dir.toString(),
            "clientPort", "0",
            "clientPortAddress", "127.0.0.1",
            "admin.enableServer", "false",
            "tickTime", "250",
            "maxSessionTimeout", "1000",
            "preAllocSize", "64");
    try (PaddockServer server = PaddockServer.start(ZooCfg.of(settings, Map.of()), () -> {})) {
      ServerMetrics metrics = server.status().metrics();
      PlainClient client = new PlainClient(server.clientPort());
      client.close();
      await(metrics, EventCounter.CONNECTION_DROP_COUNT, 1);
      assertThat(metrics.value(EventCounter.CONNECTION_REVALIDATE_COUNT)).isZero();
      // Its session may have expired on a slow machine: coming back counts all the same.
      new PlainClient(server.clientPort(), client.sessionId(), client.passwd()).close();
      await(metrics, EventCounter.CONNECTION_REVALIDATE_COUNT, 1);
      await(metrics, EventCounter.STALE_SESSIONS_EXPIRED, 1);
      assertThat(MetricsReport.flat(MetricsReport.of(server.status()), false))
          .containsEntry("stale_sessions_expired", 1L)
          .containsEntry("connection_revalidate_count", 1L);
      server.status().metrics().reset();
      assertThat(metrics.value(EventCounter.STALE_SESSIONS_EXPIRED)).isZero();
    }
  }

  private static void await(ServerMetrics metrics, EventCounter counter, long wanted) {
    long start = System.nanoTime();
    while (metrics.value(counter) != wanted && System.nanoTime() - start < PATIENCE_NANOS) {
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(metrics.value(counter)).as("%s", counter).isEqualTo(wanted);
  }
}
