package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testkit.EmbeddedEnsemble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a follower takes in while its leader does not answer (client protocol sheet, section 11).
 */
@Timeout(240)
class BackpressureTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LIMIT = 40;
  private static final int CLIENTS = 10;
  private static final int WRITES = 200;

  @Test
  void aFollowerWhoseLeaderIsSilentReadsNoMoreThanTheLimitAndAnswersAllInTheEnd() throws Exception {
    try (EmbeddedEnsemble ensemble =
        EmbeddedEnsemble.builder()
            .servers(3)
            .set("globalOutstandingLimit", Integer.toString(2 * LIMIT))
            // So long does a silent leader remain one.
            .set("syncLimit", "600")
            .set("4lw.commands.whitelist", "*")
            .start()) {
      int leader = ensemble.awaitLeader();
      int follower = leader == 1 ? 2 : 1;
      String address = ensemble.connectString(follower);
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(RawClient.session(port));
      }
      try (RawClient idle = RawClient.session(port)) {
        assertThat(idle.call(Op.create("/n", "")).err()).isZero();
        ensemble.cut(follower, leader);
        List<Op> writes = Collections.nCopies(WRITES, Op.setData("/n", "x"));
        clients.forEach(client -> client.requests(writes, 0));
        awaitOutstanding(port, LIMIT);
        assertThat(idle.call(Op.bare(OpCode.PING)).kind()).isEqualTo(RawClient.Kind.FRAME);
        assertThat(outstanding(port)).isBetween(LIMIT, LIMIT + 2 * CLIENTS);
        ensemble.heal(follower, leader);
        for (RawClient client : clients) {
          for (int i = 0; i < WRITES; i++) {
            assertThat(client.next(PATIENCE).err()).isZero();
          }
        }
        awaitOutstanding(port, 0);
        RawClient.Frame read = idle.call(Op.exists("/n", false));
        Jute.In stat = read.in();
        stat.i64();
        stat.i64();
        stat.i64();
        stat.i64();
        assertThat(stat.i32()).as("version").isEqualTo(CLIENTS * WRITES);
      } finally {
        clients.forEach(RawClient::close);
      }
    }
  }

  private static int outstanding(int port) {
    return Integer.parseInt(FourLetterConformanceTest.monitor(port, "zk_outstanding_requests"));
  }

  private static void awaitOutstanding(int port, int count) throws InterruptedException {
    long start = System.nanoTime();
    while (count == 0 ? outstanding(port) > 0 : outstanding(port) < count) {
      assertThat(System.nanoTime() - start).isLessThan(PATIENCE.toNanos());
      Thread.sleep(20);
    }
  }
}
