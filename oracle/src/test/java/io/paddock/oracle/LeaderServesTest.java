package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paddock.testkit.EmbeddedEnsemble;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A leader that leaves clients to the others: leaderServes=no (quorum sheet, section 1.2). */
@Timeout(240)
class LeaderServesTest {

  @Test
  void aLeaderThatDoesNotServeTurnsClientsAwayUntilItFollows() {
    Map<String, String> settings = Map.of("leaderServes", "no", "4lw.commands.whitelist", "*");
    try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.of(3, 0, settings)) {
      int leader = ensemble.awaitLeader();
      try (RawClient client = new RawClient(port(ensemble, leader))) {
        byte[] hello = RawClient.connectRequest(0, 30_000, 0, new byte[16], true);
        assertThat(client.handshake(hello)).isNull();
      }
      assertThat(FourLetterConformanceTest.word(port(ensemble, leader), "srvr", false))
          .isEqualTo("This ZooKeeper instance is not currently serving requests\n");
      int follower = leader == 1 ? 2 : 1;
      try (RawClient client = RawClient.session(port(ensemble, follower))) {
        assertThat(client.call(Op.create("/a", "")).err()).isZero();
      }
      ensemble.stop(leader);
      ensemble.awaitLeader();
      ensemble.restart(leader);
      assumeTrue(ensemble.awaitLeader() != leader, "the other leader was lost meanwhile");
      try (RawClient client = RawClient.session(port(ensemble, leader))) {
        client.call(Op.path(OpCode.SYNC, "/"));
        assertThat(client.call(Op.exists("/a", false)).err()).isZero();
      }
    }
  }

  private static int port(EmbeddedEnsemble ensemble, int i) {
    String address = ensemble.connectString(i);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }
}
