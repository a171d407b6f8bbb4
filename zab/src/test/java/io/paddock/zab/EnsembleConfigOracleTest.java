package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.zookeeper.server.quorum.flexible.QuorumHierarchical;
import org.apache.zookeeper.server.quorum.flexible.QuorumMaj;
import org.apache.zookeeper.server.quorum.flexible.QuorumVerifier;
import org.junit.jupiter.api.Test;

/** Configurations beside Apache's own classes: the same text, the same quorums. */
class EnsembleConfigOracleTest {
  private static final List<String> TEXTS =
      List.of(
          "server.1=127.0.0.1:2888:3888\nserver.2=127.0.0.1:2889:3889:participant;2181\n"
              + "server.3=127.0.0.1:2890:3890:observer;127.0.0.1:2182\nversion=10000000a",
          "server.1=[::1]:2888:3888;[::1]:2181\nserver.2=127.0.0.1:2889:3889\nversion=0",
          "server.1=127.0.0.1:1:2\nserver.2=127.0.0.1:3:4\nserver.3=127.0.0.1:5:6\n"
              + "server.4=127.0.0.1:7:8\nserver.5=127.0.0.1:9:10\nserver.6=127.0.0.1:11:12:observer\n"
              + "group.1=1:2:3\ngroup.2=4\ngroup.3=5\nweight.1=3\nweight.5=0\nversion=ff",
          // Members of groups without a vote weigh, too: an observer, a server that is not there.
          "server.1=127.0.0.1:1:2\nserver.2=127.0.0.1:3:4\nserver.3=127.0.0.1:5:6\n"
              + "server.4=127.0.0.1:7:8\nserver.5=127.0.0.1:9:10\nserver.6=127.0.0.1:11:12:observer\n"
              + "group.-1=1:2:6\ngroup.2=3\ngroup.3=4:5:\nweight.6=2\nversion=0",
          "server.1=127.0.0.1:1:2\nserver.2=127.0.0.1:3:4\nserver.3=127.0.0.1:5:6\n"
              + "group.1=1\ngroup.2=2:3\ngroup.3=9\nweight.9=1\nversion=0");

  private static QuorumVerifier apache(String text) throws Exception {
    Properties properties = new Properties();
    properties.load(new StringReader(text));
    return text.contains("group.") ? new QuorumHierarchical(properties) : new QuorumMaj(properties);
  }

  @Test
  void theCanonicalTextIsApaches() throws Exception {
    for (String text : TEXTS) {
      EnsembleConfig ours = EnsembleConfig.parse(text);
      assertThat(ours.text()).isEqualTo(apache(text).toString());
      assertThat(EnsembleConfig.parse(ours.text())).isEqualTo(ours);
      assertThat(apache(ours.text()).toString()).isEqualTo(ours.text());
    }
  }

  @Test
  void theQuorumsAreApaches() throws Exception {
    for (String text : TEXTS) {
      EnsembleConfig ours = EnsembleConfig.parse(text);
      QuorumVerifier apaches = apache(text);
      for (int mask = 0; mask < 64; mask++) {
        Set<Long> set = new HashSet<>();
        for (long sid = 1; sid <= 6; sid++) {
          if ((mask >> sid - 1 & 1) != 0 && ours.isVoter(sid)) {
            set.add(sid);
          }
        }
        assertThat(ours.quorum().isReached(set::contains))
            .as("%s of %s", set, text)
            .isEqualTo(apaches.containsQuorum(set));
      }
    }
  }

  /** Why a negative weight is refused although Apache's server starts with one. */
  @Test
  void withANegativeWeightTwoServersApartWouldBothDecide() throws Exception {
    String text =
        "server.1=127.0.0.1:1:2\nserver.2=127.0.0.1:3:4\nserver.3=127.0.0.1:5:6\n"
            + "group.1=1:2:3\nweight.1=3\nweight.2=3\nweight.3=-2\nversion=0";
    assertThat(apache(text).containsQuorum(Set.of(1L))).isTrue();
    assertThat(apache(text).containsQuorum(Set.of(2L))).isTrue();
    assertThatThrownBy(() -> EnsembleConfig.parse(text)).hasMessageContaining("'-2' is negative");
  }
}
