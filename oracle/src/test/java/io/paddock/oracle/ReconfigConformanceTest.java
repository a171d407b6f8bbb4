package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same reconfigurations asked of an ensemble of Apache's and of one of Paddock's. */
@Timeout(240)
class ReconfigConformanceTest {
  /** A request; the version to start from may be made of the one in force. */
  private record Asked(
      String what, Function<Long, Long> version, String joining, String leaving, String members) {
    static Asked add(String joining) {
      return new Asked("add " + joining, v -> -1L, joining, null, null);
    }

    static Asked remove(String leaving) {
      return new Asked("remove " + leaving, v -> -1L, null, leaving, null);
    }

    static Asked members(String members) {
      return new Asked("members " + members, v -> -1L, null, null, members);
    }
  }

  private static final List<Asked> REQUESTS =
      List.of(
          new Asked("nothing", v -> -1L, null, null, null),
          new Asked("nothing, as empty lists", v -> -1L, "", "", null),
          new Asked("a wrong version", v -> 7L, null, "9", null),
          new Asked("version 0", v -> 0L, null, "9", null),
          new Asked("version -2", v -> -2L, null, "9", null),
          new Asked("wrong version and wrong text", v -> 1L, "x", "y", null),
          new Asked("the right version", v -> v, null, "9", null),
          Asked.remove("1,2"),
          Asked.remove("1,2,3"),
          Asked.remove("one"),
          Asked.remove("1;2"),
          Asked.remove(" , "),
          Asked.remove("-4"),
          Asked.remove("1.5"),
          Asked.remove("server.9"),
          Asked.remove("99999999999999999999"),
          Asked.add("x"),
          Asked.add("server.9"),
          Asked.add("server.9="),
          Asked.add("server.9=10.1.1.1:1:2"),
          Asked.add("server.9=10.1.1.1:1:2:participant"),
          Asked.add("server.9=10.1.1.1:1:2;"),
          Asked.add("server.9=10.1.1.1:1:2;x"),
          Asked.add("server.9=10.1.1.1:1:2;3;4"),
          Asked.add("server.9=10.1.1.1:1;3"),
          Asked.add("server.9=10.1.1.1:1:1;3"),
          Asked.add("server.9=10.1.1.1:a:2;3"),
          Asked.add("server.9=10.1.1.1:1:b;3"),
          Asked.add("server.9=10.1.1.1:70000:2;3"),
          Asked.add("server.9=10.1.1.1:1:2;70000"),
          Asked.add("server.9=10.1.1.1:-1:2;3"),
          Asked.add("server.9=10.1.1.1:1:2:voter;3"),
          Asked.add("server.9=10.1.1.1:1:2:;3"),
          Asked.add("server.9=10.1.1.1:1:2:observer:x;3"),
          Asked.add("server.9=10.1.1.1:1:2:::;3;;"),
          Asked.add("server.9=10.1.1.1:99999999999:2;3"),
          Asked.remove("8,9"),
          Asked.add("server.9=10.1.1.1:1:2|10.1.1.2:1:2;3"),
          Asked.add("server.nine=10.1.1.1:1:2;3"),
          Asked.add("nine=10.1.1.1:1:2;3"),
          Asked.add("server.9=10.1.1.1:1:2;3=4"),
          Asked.add("server.8=10.1.1.1:1:2;3,server.9=10.1.1.1:1:5;6"),
          Asked.add("server.8=10.1.1.1:1:2;3,server.9=10.1.1.1:4:3;6"),
          Asked.add("server.8=10.1.1.1:1:2;10.1.1.1:3,server.9=10.1.1.1:4:3;6"),
          Asked.add("server.8=10.1.1.1:1:2;3,server.9=10.1.1.1:4:5;10.1.1.1:1"),
          // Of five, three do not make the new quorum: 8 to 11 are not there.
          Asked.add(
              "server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,server.10=10.1.1.3:1:2;3,"
                  + "server.11=10.1.1.4:1:2;3"),
          Asked.add(
              "server.8=127.0.0.1:1:2;3,server.9=127.0.0.1:1:2;3,server.10=127.0.0.1:1:2;3,4=127.0.0.1:1:2;3"),
          Asked.members(""),
          Asked.members("x"),
          Asked.members("server.9=10.1.1.1:1:2;3"),
          Asked.members("server.9=10.1.1.1:1:2:observer;3"),
          Asked.members("server.8=10.1.1.1:1:2:observer;3,server.9=10.1.1.2:1:2:observer;3"),
          Asked.members("server.8=10.1.1.1:1:2:participant;3,server.9=10.1.1.2:1:2:observer;3"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3"),
          Asked.members("server.8=10.1.1.1:1:2,server.9=10.1.1.2:1:2"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.1:1:2;3"),
          Asked.members("server.8=10.1.1.1:1,server.9=10.1.1.2:1:2;3"),
          Asked.members("server.eight=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,clientPort=2181"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,version=xyz"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,version=5"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,group.1=8:9"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,group.1=8"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,group.1=8:9,group.2=9"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,group.x=8:9"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,weight.8=x,group.1=8:9"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,weight.8=1"),
          Asked.members("server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,weights=1"),
          Asked.members("server.8=10.1.1.1:1:2;3\nserver.9=10.1.1.2:1:2;3\n\\u00"));

  private static final String TWO = "server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3,";

  /** Numbers with signs, blanks, other digits; keys that only begin as known ones do. */
  private static final List<Asked> SPELLINGS =
      List.of(
          Asked.remove("+9"),
          Asked.remove("09"),
          Asked.remove("\u0669"),
          Asked.remove("0x9"),
          Asked.remove("9L"),
          Asked.remove(" 9 ,, 8 "),
          Asked.remove("9 8"),
          Asked.remove("9223372036854775808"),
          Asked.add("server.9=10.1.1.1:1:2; 3"),
          Asked.add("server.9=10.1.1.1:1:2 ;3"),
          Asked.add("server.9=10.1.1.1:1: 2;3"),
          Asked.add("server.9=10.1.1.1:1:2:observer ;x"),
          Asked.add("server.9 = 10.1.1.1:1:2;x"),
          Asked.add("server.9=10.1.1.1:+1:02"),
          Asked.add("server.9=[::1:1:2;3"),
          Asked.add("server.+9=10.1.1.1:1:2"),
          Asked.add("server.0x9=10.1.1.1:1:2;3"),
          Asked.add("server.=10.1.1.1:1:2;3"),
          Asked.add("server.9=10.1.1.1:1:2;x:"),
          Asked.members("server.8=10.1.1.1:1:2 ;3,server.9=10.1.1.2:1:2;3"),
          Asked.members("server.08=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3"),
          Asked.members(" server.8 = 10.1.1.1:1:2;3 , server.9=10.1.1.2:1:2;3"),
          Asked.members("server.8:10.1.1.1:1:2;3,server.9 10.1.1.2:1:2;3"),
          Asked.members("server.0x8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3"),
          Asked.members(TWO + "group.1=8: 9"),
          Asked.members(TWO + "group.1=8:9:"),
          Asked.members(TWO + "group.1=8:9:7,weight.7=1"),
          Asked.members(TWO + "group.-1=8:9"),
          Asked.members(TWO + "groups.1=8:9"),
          Asked.members(TWO + "group=8:9"),
          Asked.members(TWO + "group.1=8:9,weight.8=+1"),
          Asked.members(TWO + "group.1=8:9,weight.8=01"),
          Asked.members(TWO + "group.1=8:9,weight.8=2.0"),
          Asked.members(TWO + "group.1=8:9,weight.8= 2"),
          Asked.members(TWO + "group.1=8:9,version=xyz"),
          Asked.members(TWO + "group.1=8:9,clientPort=1"),
          Asked.members(TWO + "version=+5"),
          Asked.members(TWO + "version=0x5"),
          Asked.members(TWO + "version="),
          Asked.members(TWO + "version=-5"),
          Asked.members(TWO + "Version=xyz"));

  @Test
  void theAnswersAreTheSame() throws Exception {
    try (MixedEnsemble apache = ensemble();
        MixedEnsemble paddock = ensemble()) {
      start(apache, APACHE);
      start(paddock, PADDOCK);
      List<String> different = new ArrayList<>();
      try (ZooKeeperAdmin toApache = connect(apache, 1);
          ZooKeeperAdmin toPaddock = connect(paddock, 1)) {
        for (Asked asked : Stream.of(REQUESTS, SPELLINGS).flatMap(List::stream).toList()) {
          String expected = ask(toApache, asked);
          String actual = ask(toPaddock, asked);
          if (!actual.equals(expected)) {
            different.add(asked.what() + ": Apache " + expected + ", Paddock " + actual);
          }
        }
      }
      assertThat(different).isEmpty();
    }
  }

  @Test
  void permissionIsAskedForLast() throws Exception {
    agree(
        Map.of(
            "reconfigEnabled",
            "true",
            "standaloneEnabled",
            "false",
            "DigestAuthenticationProvider.superDigest",
            DigestAuthenticationProvider.generateDigest("super:secret")),
        (zk, answers) -> {
          Asked valid = new Asked("valid", v -> v, null, "9", null);
          Asked wrongVersion = new Asked("wrong version", v -> v + 1, null, "9", null);
          Asked nobodyLeft = Asked.remove("1");
          Asked noQuorum = Asked.add("server.9=10.1.1.1:1:2;3,server.8=10.1.1.2:1:2;3");
          for (Asked asked : List.of(valid, wrongVersion, nobodyLeft, noQuorum)) {
            answers.add(ask(zk, asked));
          }
          zk.addAuthInfo("digest", "super:secret".getBytes(StandardCharsets.UTF_8));
          for (Asked asked : List.of(valid, wrongVersion, nobodyLeft, noQuorum)) {
            answers.add(ask(zk, asked));
          }
          zk.setACL(
              "/zookeeper/config",
              new ArrayList<>(
                  List.of(
                      new ACL(
                          ZooDefs.Perms.WRITE | ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE))),
              -1);
        },
        (zk, answers) -> answers.add(ask(zk, Asked.remove("9"))));
  }

  @Test
  void itIsSwitchedOffUnlessAskedFor() throws Exception {
    agree(
        Map.of("standaloneEnabled", "false"),
        (zk, answers) -> {
          answers.add(ask(zk, Asked.remove("one")));
          answers.add(ask(zk, Asked.remove("9")));
          answers.add("version " + version(zk));
        });
  }

  /** What is done with one connection. */
  private interface Step {
    void run(ZooKeeperAdmin zk, List<String> answers) throws Exception;
  }

  /** Takes the steps with an ensemble of one of either kind. */
  private static void agree(Map<String, String> settings, Step... steps) throws Exception {
    List<List<String>> answers = new ArrayList<>();
    for (MixedEnsemble.Kind kind : List.of(APACHE, PADDOCK)) {
      try (MixedEnsemble ensemble = new MixedEnsemble(1, 0, settings, Map.of())) {
        ensemble.start(1, kind);
        ensemble.awaitServing(1);
        List<String> ofKind = new ArrayList<>();
        for (Step step : steps) {
          try (ZooKeeperAdmin zk = connect(ensemble, 1)) {
            step.run(zk, ofKind);
          }
        }
        answers.add(ofKind);
      }
    }
    assertThat(answers.get(1)).isEqualTo(answers.get(0));
  }

  private static String ask(ZooKeeperAdmin zk, Asked asked) throws Exception {
    long start = System.nanoTime();
    while (true) {
      try {
        return answer(zk, asked);
      } catch (KeeperException.ConnectionLossException e) {
        // Asking twice for the same makes no other membership.
        assertThat(System.nanoTime() - start).as(asked.what()).isLessThan(60_000_000_000L);
      }
    }
  }

  private static String answer(ZooKeeperAdmin zk, Asked asked) throws Exception {
    long version = version(zk);
    try {
      Stat stat = new Stat();
      byte[] config =
          zk.reconfigure(
              asked.joining(),
              asked.leaving(),
              asked.members(),
              asked.version().apply(version),
              stat);
      return "done "
          + servers(config)
          + " version "
          + stat.getVersion()
          + " "
          + (stat.getMzxid() == version(zk));
    } catch (KeeperException.ConnectionLossException e) {
      throw e;
    } catch (KeeperException e) {
      return e.code().toString();
    }
  }

  /** Which servers with which role, without their ports. */
  private static List<String> servers(byte[] config) {
    return new String(config, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.startsWith("version="))
        .map(line -> line.replaceAll("127.0.0.1:[0-9]+", "").replaceAll("[0-9]+:", "port:"))
        .toList();
  }

  private static long version(ZooKeeperAdmin zk) throws Exception {
    String text = new String(zk.getConfig(false, null), StandardCharsets.UTF_8);
    return Long.parseLong(text.substring(text.lastIndexOf('=') + 1), 16);
  }

  private static MixedEnsemble ensemble() throws Exception {
    return new MixedEnsemble(3, 0, Map.of("reconfigEnabled", "true", "skipACL", "yes"), Map.of());
  }

  private static void start(MixedEnsemble ensemble, MixedEnsemble.Kind kind) throws Exception {
    for (int i = 3; i >= 1; i--) {
      ensemble.start(i, kind);
    }
    ensemble.awaitServing(1, 2, 3);
  }

  private static ZooKeeperAdmin connect(MixedEnsemble ensemble, int i) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeperAdmin zk =
        new ZooKeeperAdmin(
            ensemble.connectString(i),
            30_000,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    assertThat(connected.await(60, TimeUnit.SECONDS)).as("connected to " + i).isTrue();
    return zk;
  }
}
