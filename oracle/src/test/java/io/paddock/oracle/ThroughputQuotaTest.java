package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import io.paddock.testkit.EmbeddedServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A quota of throughput on a whole server: writes take as long as they must, and none fails. */
class ThroughputQuotaTest {
  private static final int PER_SECOND = 100;

  private static void ok(RawClient client, Op op) {
    assertThat(client.call(op).err()).as(op.words()).isZero();
  }

  /** So many writes, one after the other, in milliseconds. */
  private static long writeMs(RawClient client, int count) {
    long start = System.nanoTime();
    List<Op> ops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ops.add(Op.setData("/app", "x" + i));
    }
    // All at once: one after the other may be slower than the quota on a busy machine.
    client.requests(ops, 0);
    assertThat(client.next(count)).allMatch(reply -> reply.err() == 0);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  private static EmbeddedServer server(boolean inForce) {
    return EmbeddedServer.builder()
        .port(0)
        .set("paddock.throughputQuotas", Boolean.toString(inForce))
        .start();
  }

  private static void setQuota(RawClient client) {
    ok(client, Op.create("/app", "x"));
    ok(client, Op.create("/zookeeper/quota/app", ""));
    ok(client, Op.create("/zookeeper/quota/app/paddock_rates", "writes=" + PER_SECOND));
  }

  @Test
  void writesAreDelayedToTheirRateAndThatIsCounted() {
    try (EmbeddedServer server = server(true);
        RawClient client = RawClient.session(server.port())) {
      setQuota(client);
      // A second's worth is saved up, the rest takes two seconds.
      assertThat(writeMs(client, 3 * PER_SECOND)).isGreaterThan(1900);
      ServerMetrics metrics = server.server().status().metrics();
      assertThat(metrics.value(EventCounter.THROUGHPUT_QUOTA_DELAYS)).isPositive();
      ok(client, Op.delete("/zookeeper/quota/app/paddock_rates", -1));
      long before = metrics.value(EventCounter.THROUGHPUT_QUOTA_DELAYS);
      writeMs(client, 3 * PER_SECOND);
      assertThat(metrics.value(EventCounter.THROUGHPUT_QUOTA_DELAYS)).isEqualTo(before);
    }
  }

  @Test
  void withoutTheKeyTheyAreOnlyZnodes() {
    try (EmbeddedServer server = server(false);
        RawClient client = RawClient.session(server.port())) {
      setQuota(client);
      writeMs(client, 3 * PER_SECOND);
      ServerMetrics metrics = server.server().status().metrics();
      assertThat(metrics.value(EventCounter.THROUGHPUT_QUOTA_DELAYS)).isZero();
    }
  }
}
