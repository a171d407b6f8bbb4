package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.ConfigException;
import io.paddock.config.MembershipConfig;
import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a zoo.cfg says of an ensemble: what works, what is warned of, and what is refused. */
class MembershipTest {
  private static final String THREE = "server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\n";

  @TempDir Path directory;

  private ZooCfg load(String myid, String lines) throws Exception {
    if (myid != null) {
      Files.writeString(directory.resolve("myid"), myid);
    }
    Path file = directory.resolve("zoo.cfg");
    Files.writeString(
        file, "dataDir=" + directory + "\nclientPort=2181\ninitLimit=10\nsyncLimit=5\n" + lines);
    return ZooCfg.load(file, Map.of());
  }

  private MembershipConfig membership(String lines) throws Exception {
    return load("1\n", lines).membership().orElseThrow();
  }

  @Test
  void portsTimesAndAddressesAreTakenAsWritten() throws Exception {
    MembershipConfig membership =
        membership(
            THREE + "quorumListenOnAllIPs=true\ncnxTimeout=1234\nconnectToLearnerMasterLimit=7\n");
    assertThat(membership.peers().listenOnAllIps()).isTrue();
    assertThat(membership.peers().cnxTimeoutMs()).isEqualTo(1234);
    assertThat(membership.self().addresses().get(0).quorumPort()).isEqualTo(1);
    assertThat(membership.self().addresses().get(0).electionPort()).isEqualTo(2);
    assertThat(membership.zab().syncLimit()).isEqualTo(5);
    assertThat(membership(THREE).peers().listenOnAllIps()).isFalse();
    assertThat(membership(THREE).peers().cnxTimeoutMs()).isEqualTo(5000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1\r\n", " 1 \n", "1", "\ufeff1\r\n", "\n1\n", "1\nanything\n", "\t1"})
  void myidIsReadHoweverItsEditorWroteIt(String text) throws Exception {
    assertThat(load(text, THREE).membership().orElseThrow().myId()).isEqualTo(1);
  }

  @Test
  void myidIsReadAsPowerShellWritesIt() throws Exception {
    Files.write(directory.resolve("myid"), "\ufeff1\r\n".getBytes(StandardCharsets.UTF_16LE));
    assertThat(load(null, THREE).membership().orElseThrow().myId()).isEqualTo(1);
  }

  @Test
  void keysThatApachesServersReadAreKnown() throws Exception {
    String keys =
        """
        electionPortBindRetry=3
        quorumCnxnTimeoutMs=-1
        fastleader.minNotificationInterval=200
        fastleader.maxNotificationInterval=4000
        leaderConnectDelayDuringRetryMs=100
        leader.closeSocketAsync=false
        learner.asyncSending=false
        multiAddress.enabled=false
        peerType=participant
        """;
    assertThat(load("1\n", THREE + keys).warnings()).isEmpty();
    assertThat(membership(THREE + keys).zab().notificationMaxMs()).isEqualTo(4000);
    assertThat(membership(THREE).zab().notificationMaxMs()).isEqualTo(60_000);
  }

  @Test
  void anElectionPortThatIsTakenIsToldWithApachesExitCode() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      ZooCfg config =
          load(
              "1\n",
              "server.1=127.0.0.1:1:"
                  + port
                  + "\nstandaloneEnabled=false\nadmin.enableServer=false\n");
      assertThatThrownBy(() -> PaddockServer.start(config.withClientPort(0), () -> {}))
          .isInstanceOfSatisfying(StartException.class, e -> assertThat(e.exitCode()).isEqualTo(14))
          .hasMessageContaining("election port 127.0.0.1:" + port + " of server.1")
          .hasMessageContaining("quorumListenOnAllIPs");
    }
  }

  @Test
  void groupsAndWeightsMakeTheQuorum() throws Exception {
    String servers = "server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\nserver.4=d:1:2\n";
    MembershipConfig membership =
        membership(servers + "group.1=1:2\ngroup.2=3:4\nweight.1=3\nweight.2=1\nweight.4=0\n");
    assertThat(membership.ensemble().quorum().isReached(sid -> sid == 1 || sid == 3)).isTrue();
    assertThat(membership.ensemble().quorum().isReached(sid -> sid == 2 || sid == 3)).isFalse();
    assertThat(membership.ensemble().quorum().isReached(sid -> sid == 1 || sid == 4)).isFalse();
    assertThat(membership.ensemble().quorum().isReached(sid -> sid == 1 || sid == 2)).isFalse();
  }

  @Test
  void oneVoterIsAnEnsembleOnlyWhenStandaloneIsSwitchedOff() throws Exception {
    String one = "server.1=a:1:2\n";
    assertThat(load("1\n", one).membership()).isEmpty();
    MembershipConfig membership = membership(one + "standaloneEnabled=false\n");
    assertThat(membership.ensemble().quorum().isReached(sid -> sid == 1)).isTrue();
    MembershipConfig observed =
        membership(one + "server.2=b:1:2:observer\nstandaloneEnabled=false\n");
    assertThat(observed.ensemble().quorum().isReached(sid -> sid == 2)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "electionAlg=1 | electionAlg=1 is not supported; only 3 is",
        "electionAlg=fast | only 3 is",
        "standaloneEnabled=maybe | standaloneEnabled=maybe",
        "cnxTimeout=soon | cnxTimeout=soon",
        "initLimit=0 | initLimit=0",
        "group.1=1:2 | server 3 is in no group",
        "group.1=1:2;group.2=2:3 | server 2 is in two groups",
        "group.1=1:x | 'x' is not a number",
        "weight.1=2 | server 1 is in no group",
        "server.03=d:1:2 | server.3 is there twice",
        "server.x=d:1:2 | 'x' is not a number",
        "server.4=d:1 | is not host:quorumPort:electionPort",
        "server.4=d:1:2:leader | participant or observer",
        "server.4=d:7:7 | has one port for both quorum and election",
        "server.4=d:1:70000 | has the port '70000'"
      })
  void whatCannotWorkIsRefusedWithItsPlace(String lines, String words) {
    assertThatThrownBy(() -> load("1\n", THREE + lines.replace(';', '\n') + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("zoo.cfg:");
  }

  @Test
  void observersAloneAreRefused() {
    String observers = "server.1=a:1:2:observer\nserver.2=b:1:2:observer\n";
    assertThatThrownBy(() -> load("1\n", observers)).hasMessageContaining("observers need");
    assertThatThrownBy(() -> load("1\n", observers + "standaloneEnabled=false\n"))
        .hasMessageContaining("no server has a vote");
  }

  @Test
  void numbersOfVotersThatGainNothingAreWarnedOfInApachesWords() throws Exception {
    assertThat(load("1\n", THREE).warnings()).isEmpty();
    assertThat(load("1\n", THREE + "server.4=d:1:2\n").warnings())
        .containsExactly(
            "4 voters tolerate no more failures than 3 do; consider an odd number of servers");
    assertThat(load("1\n", THREE + "server.4=d:1:2:observer\n").warnings()).isEmpty();
    assertThat(load("1\n", "server.1=a:1:2\nserver.2=b:1:2\n").warnings())
        .containsExactly(
            "No server failure will be tolerated with 2 voters; at least 3 are needed for that");
  }

  @Test
  void anIdThatSessionIdsCannotCarryIsWarnedOf() throws Exception {
    String lines = "server.1=a:1:2\nserver.2=b:1:2\nserver.300=c:1:2\n";
    assertThat(load("300\n", lines).warnings())
        .singleElement()
        .asString()
        .startsWith("server.300: ids go from 1 to 255; session ids carry only the last 8 bits");
    assertThat(load("0\n", THREE.replace("server.3", "server.0")).warnings())
        .singleElement()
        .asString()
        .startsWith("server.0: ids go from 1 to 255");
    assertThatThrownBy(() -> load("300\n", lines + "extendedTypesEnabled=true\n"))
        .hasMessageContaining("extendedTypesEnabled=true and server id 300 do not go together")
        .hasMessageContaining("up to 254");
  }

  @Test
  void linesThatShareAnAddressAreWarnedOf() throws Exception {
    assertThat(load("1\n", THREE.replace("server.3=c", "server.3=a")).warnings())
        .containsExactly(
            "server.1 and server.3 both have a:1: only one of them can listen there; correct one of"
                + " the lines",
            "server.1 and server.3 both have a:2: only one of them can listen there; correct one of"
                + " the lines");
  }

  @Test
  void aLineWrittenTwiceIsWarnedOf() throws Exception {
    assertThat(load("1\n", THREE + "server.3=d:1:2\n").warnings())
        .containsExactly("zoo.cfg:8: server.3 was already given at zoo.cfg:7; this one counts");
  }

  @Test
  void theFirstLineOfMyidCountsAndBlanksDoNot() throws Exception {
    assertThat(load(" 2 \nof three\n", THREE).membership().orElseThrow().myId()).isEqualTo(2);
    assertThatThrownBy(() -> load("", THREE)).hasMessageContaining("holds '', which is no number");
  }
}
