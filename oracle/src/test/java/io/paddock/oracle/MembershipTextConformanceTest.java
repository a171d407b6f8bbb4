package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.InvalidConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.zookeeper.server.quorum.QuorumPeer.QuorumServer;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.flexible.QuorumVerifier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who belongs to the ensemble, as written in files, read by Apache's own parser and by ours. */
class MembershipTextConformanceTest {
  private static final String REFUSED = "refused";
  private static final String ALONE = "alone";
  private static final String TWO = "server.1=127.0.0.1:1:2;5\nserver.2=127.0.0.2:1:2;5\n";

  /** Ids, roles, groups, weights and versions at the borders of numbers. */
  private static final List<String> LINES =
      List.of(
          "server.3=127.0.0.3:1:2;5",
          "server.+3=127.0.0.3:1:2;5",
          "server.03=127.0.0.3:1:2;5",
          "server.-3=127.0.0.3:1:2;5",
          "server.\\u0663=127.0.0.3:1:2;5",
          "server.0x3=127.0.0.3:1:2;5",
          "server.3L=127.0.0.3:1:2;5",
          "server.=127.0.0.3:1:2;5",
          "server.01=127.0.0.3:1:2;5",
          "server.9223372036854775808=127.0.0.3:1:2;5",
          "server.3=127.0.0.3:1:2:Observer;5",
          "server.3=127.0.0.3:1:2:OBSERVER;5",
          "server.3=127.0.0.3:1:2:PARTICIPANT;5",
          "server.3=127.0.0.3:1:2:Participant ;5",
          "server.3=127.0.0.3:1:2:obs;5",
          "server.3=127.0.0.3:1:2: observer;5",
          "server.3=127.0.0.3:1:2:",
          "server.3=127.0.0.3:1:2 ; 5",
          "group.1=1:2",
          "group.+1=1:2",
          "group.01=1:2",
          "group.-1=1:2",
          "group.x=1:2",
          "group.1=1: 2",
          "group.1=1:2:",
          "group.1=:1:2",
          "group.1=1::2",
          "group.1=1:+2",
          "group.1=1:x",
          "group.1=1",
          "group.1=1:2:9",
          "group.1=1:2\ngroup.2=2",
          "group.1=",
          "weight.1=1",
          "weight.1=x",
          "group.1=1:2\nweight.1=2",
          "group.1=1:2\nweight.1=+2",
          "group.1=1:2\nweight.1=02",
          "group.1=1:2\nweight.1=-2",
          "group.1=1:2\nweight.1=0",
          "group.1=1:2\nweight.1=0\nweight.2=0",
          "group.1=1:2\nweight.1=2.0",
          "group.1=1:2\nweight.1=\\u0662",
          "group.1=1:2\nweight.9=2",
          "group.1=1:2\nweight.x=2",
          "group.1=1:2\nweight.=2",
          "weights=1",
          "group=1",
          "version=5",
          "version=xyz",
          "version=-1",
          "version=+5",
          "server.3=127.0.0.3 :1:2;5",
          "server.3=127.0.0.3:1:2; 5",
          "server.3=127.0.0.3:1:2 ;5",
          "server.3=127.0.0.3:1:2;b :5",
          "server.3=127.0.0.3:1:2; b:5",
          "server.3=127.0.0.3:1:2| 127.0.0.4:1:2;5",
          "server.3=127.0.0.3:1:2;;5",
          "server.3=127.0.0.3:1:2;5;",
          "server.3=127.0.0.3:1:2;",
          "server.3=127.0.0.3:1:2;0",
          "server.3=;5",
          "server.3=",
          "group.1=1:2:9\nweight.9=5",
          "group.1=1:2:9\nweight.9=0",
          "group.1=1:2\ngroup.2=:",
          "group.1=1:2\ngroups.2=3",
          "groups.1=1:2",
          "groups.1=1:2\nweightx.1=3",
          "group.01=1\ngroup.1=2",
          "group.1=1:2\nweight.1=3\nweight.01=2",
          "group.1.2=1:2",
          "group.1 =1:2",
          "group.1=1:2\nversion=xyz",
          "version=ff",
          "version=0x5",
          "version=",
          "version=7fffffffffffffff",
          "version=8000000000000000",
          "version=\\u0665",
          "Version=xyz",
          "versions=xyz",
          "server.3=127.0.0.3:1:2:observer;5\ngroup.1=1:2:3",
          "server.3=127.0.0.3:1:2:observer;5\ngroup.1=1:2:3\nweight.3=1",
          "weight.1=1\nweight.2=1",
          "server.3=127.0.0.3:1:2;5 ",
          "server.3=127.0.0.3:1:2:observer ",
          "group.1=1:2 ",
          "group.1=1:2\nweight.1=2\t",
          "version=5 ");

  @TempDir private Path dir;
  private final List<String> different = new ArrayList<>();

  /** Apache's classes freeze their settings when they load; other tests want the standard ones. */
  @BeforeAll
  static void settings() {
    ApacheServer.inThisProcess(ServerSpec.standard()).close();
  }

  @BeforeEach
  void writeMyId() throws IOException {
    Files.writeString(dir.resolve("myid"), "1");
  }

  @Test
  void serverLinesAreReadAsByApache() {
    String several = "zookeeper.multiAddress.enabled";
    String before = System.setProperty(several, "true");
    try {
      compareServerLines();
    } finally {
      if (before == null) {
        System.clearProperty(several);
      } else {
        System.setProperty(several, before);
      }
    }
  }

  private void compareServerLines() {
    for (String line :
        List.of(
            "a:1:2",
            "a:+1:02",
            "a:\u0661:2",
            "a:-1:2",
            "a:65536:2",
            "a: 1:2",
            " a:1:2",
            "a :1:2",
            "a:1:2 ",
            "a:1:2;5 ",
            "a:1:2; 5",
            "a:1:2 ;5",
            "a:1:2; b:5",
            "a:1:2| b:3:4",
            "b:1:2|a:1:2:observer",
            "b:1:2:observer|a:1:2",
            "b:1:2:observer|a:1:2:participant",
            "b:1:2:observer|a:1:2:observer;5",
            "a:1:2 |b:3:4",
            "a:1:2: observer ;5",
            "a:1:2:OBSERVER",
            "a:1 :2",
            "a:1:2|",
            "a:1:2||",
            "a:1:2:;5",
            "[10.0.0.1]:1:2",
            "[a]:1:2",
            "[::1]:1:2;[::1]:3",
            "[::1:1:2",
            "::1:1:2",
            "a:1:1",
            "a:1",
            "a:1:2:voter",
            "a:1:2;",
            "a:1:2;b:3",
            "a:1:2;b:3:4",
            "a:1:2;70000",
            "a:1:2;3;4",
            "a:1:2;3:",
            "a:1:2;:",
            "a:1:2;b:3:",
            ":1:2",
            "a:1:2;:3",
            "[x::y]:1:2")) {
      String apaches;
      try {
        apaches = new QuorumServer(1, line).toString();
      } catch (QuorumPeerConfig.ConfigException | RuntimeException e) {
        apaches = "refused";
      }
      String ours;
      try {
        ours = EnsembleServer.parse(1, line).text();
      } catch (InvalidConfigException e) {
        ours = "refused";
      }
      if (!ours.equals(apaches)) {
        different.add(line + ": Apache " + apaches + ", Paddock " + ours);
      }
    }
    assertThat(different)
        .containsExactly(
            // No host is localhost there: each of the others would call itself.
            ":1:2: Apache localhost:1:2:participant, Paddock refused",
            "a:1:2;:3: Apache a:1:2:participant;localhost:3, Paddock refused",
            // Nobody could reach a voter at an address that is none.
            "[x::y]:1:2: Apache [x::y]:1:2:participant, Paddock refused");
  }

  @Test
  void membershipLinesMeanWhatTheyMeanToApache() throws IOException {
    for (String lines : LINES) {
      compare(lines.replace("\n", " / "), TWO + lines, "");
    }
    assertThat(different)
        .containsExactly(
            // No votes and packets can say it: there a number below 0 means no server.
            "server.-3=127.0.0.3:1:2;5 taken by Apache",
            // One server twice: which line counts is up to the order of a hash table there.
            "server.01=127.0.0.3:1:2;5 taken by Apache",
            // Two halves of the voters could decide different things (EnsembleConfigOracleTest).
            "group.1=1:2 / weight.1=-2 taken by Apache",
            // Starts there, writes its version as a number that no server can read, and stays
            // alone.
            "version=-1 taken by Apache",
            // A group that nobody is in counts there, cannot be won, and so nobody ever leads.
            "group.1=1:2 / group.2=: taken by Apache",
            // A blank at the end of a line, which nobody sees.
            "server.3=127.0.0.3:1:2;5  refused by Apache",
            "group.1=1:2  refused by Apache",
            "group.1=1:2 / weight.1=2\t refused by Apache",
            "version=5  refused by Apache");
  }

  @Test
  void membershipLinesOfAServerAloneMeanWhatTheyMeanToApache() throws IOException {
    for (String lines : LINES) {
      compare(lines.replace("\n", " / "), lines, "");
    }
    assertThat(different)
        .containsExactly(
            // A negative number, a blank at the end: as above. The others have lost their server
            // lines: alone,
            // such a
            // server would answer from a tree of its own.
            "server.-3=127.0.0.3:1:2;5 taken by Apache",
            "weight.1=1 taken by Apache",
            "group.1=1:2 / weight.1=0 / weight.2=0 taken by Apache",
            "version=-1 taken by Apache",
            "weight.1=1 / weight.2=1 taken by Apache",
            "server.3=127.0.0.3:1:2;5  refused by Apache",
            "version=5  refused by Apache");
  }

  @Test
  void dynamicFilesAndTheirVersionsMeanWhatTheyMeanToApache() throws IOException {
    for (String suffix :
        List.of(
            "",
            ".dynamic",
            ".dynamic.0",
            ".dynamic.5",
            ".dynamic.ff",
            ".dynamic.FF",
            ".dynamic.100000000",
            ".dynamic.+5",
            ".dynamic.0x5",
            ".dynamic. 5",
            ".dynamic.5 ",
            ".dynamic.",
            ".dynamic.xyz",
            ".bad",
            ".5.next",
            ".dynamic.7fffffffffffffff",
            ".dynamic.8000000000000000",
            ".dynamic.-5")) {
      compare("name " + suffix, "dynamicConfigFile=@" + suffix, TWO);
    }
    for (String lines :
        List.of(
            "",
            "\n# x",
            "version=5",
            "version = 5",
            "version",
            "versions=5",
            "tickTime=5000",
            "foo=bar",
            "clientPort=5",
            "peerType=observer",
            "weights=1",
            "group.1=1:2",
            "groups.1=1:2",
            "dataDir=x",
            "dynamicConfigFile=x",
            "server.3=127.0.0.3:1:2 ;5",
            "Server.3=127.0.0.3:1:2;5")) {
      compare("in it " + lines, "dynamicConfigFile=@.dynamic.5", TWO + lines);
    }
    for (String lines :
        List.of(
            "server.3=127.0.0.3:1:2",
            "group.1=1:2",
            "groups=1",
            "weight.1=1",
            "version=6",
            "version=xyz",
            "peerType=participant",
            "dynamicConfigFile=")) {
      compare("beside " + lines, "dynamicConfigFile=@.dynamic.5\n" + lines, TWO);
    }
    assertThat(different).isEmpty();
  }

  /** A zoo.cfg with these lines, and the dynamic file that it names with @. */
  private void compare(String what, String lines, String dynamic) throws IOException {
    Path file = dir.resolve("zoo.cfg");
    int at = lines.indexOf('@');
    if (at >= 0) {
      Files.writeString(dir.resolve("members" + lines.substring(at + 1).split("\n")[0]), dynamic);
    }
    Files.writeString(
        file,
        "dataDir="
            + dir
            + "\nclientPort=5\ninitLimit=10\nsyncLimit=5\n"
            + lines.replace("@", dir.resolve("members").toString())
            + "\n");
    String expected = apaches(file);
    String actual = ours(file);
    if (!actual.equals(expected)) {
      boolean one = actual.equals(REFUSED) || expected.equals(REFUSED);
      String how = expected.equals(REFUSED) ? " refused by Apache" : " taken by Apache";
      different.add(what + (one ? how : "\n  Apache " + expected + "\n  Paddock " + actual));
    }
  }

  private static String apaches(Path file) {
    return TextConformanceTest.apache(file)
        .map(
            config -> {
              QuorumVerifier members = config.getQuorumVerifier();
              boolean alone = members == null || !config.isDistributed();
              return alone ? ALONE : sorted(members.toString());
            })
        .orElse(REFUSED);
  }

  private static String ours(Path file) {
    try {
      return ZooCfg.load(file, Map.of())
          .membership()
          .map(membership -> sorted(membership.ensemble().text()))
          .orElse(ALONE);
    } catch (ConfigException e) {
      return REFUSED;
    }
  }

  private static String sorted(String text) {
    return text.lines().sorted().collect(Collectors.joining("\n"));
  }
}
