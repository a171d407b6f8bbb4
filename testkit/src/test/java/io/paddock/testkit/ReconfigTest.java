package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.operators.ServerMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The membership changes while clients write. */
@Timeout(180)
class ReconfigTest {
  /** A machine that is busy elsewhere for some seconds does not end a role here. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "reconfigEnabled", "true",
          "skipACL", "yes",
          "standaloneEnabled", "true",
          "syncLimit", "40");

  private EmbeddedEnsemble ensemble;
  private Writer writer;

  @AfterEach
  void close() throws Exception {
    if (writer != null) {
      writer.close();
    }
    if (ensemble != null) {
      ensemble.close();
    }
  }

  @Test
  void growsFromThreeToFiveAndLivesOnTheNewOnes() throws Exception {
    ensemble = EmbeddedEnsemble.of(3, 0, SETTINGS);
    ensemble.awaitLeader();
    writer = new Writer(ensemble.connectString());
    int four = ensemble.join();
    int five = ensemble.join();
    ensemble.awaitLeader();
    // Who does not belong yet may be started again.
    ensemble.restart(four);
    ensemble.awaitLeader();
    writer.awaitMore();
    try (ZooKeeperAdmin zk = connect(1)) {
      CountDownLatch told = new CountDownLatch(1);
      zk.getConfig(
          event -> {
            if (event.getType() == Watcher.Event.EventType.NodeDataChanged) {
              told.countDown();
            }
          },
          null);
      Stat stat = new Stat();
      String both =
          ensemble.serverLine(four, "participant") + "," + ensemble.serverLine(five, "participant");
      String config = reconfigure(1, both, null, stat);
      assertThat(config)
          .contains("server.4=", "server.5=")
          .endsWith("version=" + Long.toHexString(stat.getMzxid()));
      assertThat(stat.getVersion()).isEqualTo(-1);
      assertThat(told.await(60, TimeUnit.SECONDS)).as("the watch fires").isTrue();
      for (int i = 1; i <= 5; i++) {
        assertThat(configAt(i)).isEqualTo(config);
      }
    }
    writer.awaitMore();
    int leader = ensemble.awaitLeader();
    ensemble.stop(leader);
    ensemble.stop(leader == 1 ? 2 : 1);
    ensemble.awaitLeader();
    writer.awaitMore();
    writer.close();
    for (int i : List.of(four, five)) {
      writer.assertNothingLost(i);
    }
  }

  @Test
  void theLeaderIsRemovedAndAnotherTakesOver() throws Exception {
    ensemble = EmbeddedEnsemble.of(3, 0, SETTINGS);
    int leader = ensemble.awaitLeader();
    int other = leader == 1 ? 2 : 1;
    writer = new Writer(ensemble.connectString());
    writer.awaitMore();
    reconfigure(other, null, Integer.toString(leader));
    await("another leads", () -> ensemble.leader() != leader && ensemble.leader() > 0);
    await("the removed one follows", () -> mode(leader) == ServerMode.FOLLOWER);
    writer.awaitMore();
    assertThat(configAt(leader)).doesNotContain("server." + leader + "=");
    ensemble.stop(leader);
    writer.awaitMore();
    int next = ensemble.awaitLeader();
    writer.close();
    writer.assertNothingLost(next);
  }

  @Test
  void aVoterBecomesAnObserverAndBack() throws Exception {
    ensemble = EmbeddedEnsemble.of(3, 0, SETTINGS);
    int leader = ensemble.awaitLeader();
    int other = leader == 1 ? 2 : 1;
    writer = new Writer(ensemble.connectString());
    writer.awaitMore();
    reconfigure(leader, ensemble.serverLine(other, "observer"), null);
    await("it observes", () -> mode(other) == ServerMode.OBSERVER);
    writer.awaitMore();
    reconfigure(other, ensemble.serverLine(other, "participant"), null);
    await("it follows", () -> mode(other) == ServerMode.FOLLOWER);
    writer.awaitMore();
    // The leader too: another one has to take over.
    reconfigure(other, ensemble.serverLine(leader, "observer"), null);
    await("the leader observes", () -> mode(leader) == ServerMode.OBSERVER);
    writer.awaitMore();
    writer.close();
    writer.assertNothingLost(leader);
  }

  @Test
  void anObserverIsAddedPromotedAndRemoved() throws Exception {
    ensemble = EmbeddedEnsemble.of(2, 0, SETTINGS);
    ensemble.awaitLeader();
    writer = new Writer(ensemble.connectString());
    int three = ensemble.join();
    ensemble.awaitLeader();
    reconfigure(1, ensemble.serverLine(three, "observer"), null);
    await("it observes", () -> mode(three) == ServerMode.OBSERVER);
    writer.awaitMore();
    reconfigure(three, ensemble.serverLine(three, "participant"), null);
    await("it follows", () -> mode(three) == ServerMode.FOLLOWER);
    writer.awaitMore();
    reconfigure(three, null, Integer.toString(three));
    await("it is gone from the configuration", () -> !configAt(1).contains("server.3="));
    writer.awaitMore();
    writer.close();
    writer.assertNothingLost(1);
  }

  @Test
  void whatWasDecidedIsThereAfterARestartOfAll() throws Exception {
    ensemble = EmbeddedEnsemble.of(3, 0, SETTINGS);
    ensemble.awaitLeader();
    Path zooCfg = ensemble.config(1);
    String before = Files.readString(zooCfg.resolveSibling(zooCfg.getFileName() + ".bak"));
    assertThat(before).contains("server.1=");
    reconfigure(1, ensemble.serverLine(1, "participant"), "3");
    String config = configAt(1);
    await("server 2 knows", () -> configAt(2).equals(config));
    String version = config.substring(config.lastIndexOf('=') + 1);
    Path dynamic = zooCfg.resolveSibling(zooCfg.getFileName() + ".dynamic." + version);
    assertThat(Files.readString(zooCfg))
        .doesNotContain("server.", "clientPort")
        .contains("dynamicConfigFile=" + dynamic.toRealPath());
    assertThat(Files.readString(dynamic)).isEqualTo(config.substring(0, config.lastIndexOf('\n')));
    assertThat(zooCfg.resolveSibling(zooCfg.getFileName() + ".dynamic.next")).doesNotExist();
    for (int i = 1; i <= 3; i++) {
      ensemble.stop(i);
    }
    ensemble.restart(1);
    ensemble.restart(2);
    ensemble.awaitLeader();
    assertThat(configAt(1)).isEqualTo(config);
    assertThat(configAt(2)).isEqualTo(config);
    assertThatThrownBy(() -> ensemble.restart(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no line server.3")
        .hasMessageContaining("a reconfiguration has removed it");
  }

  @Test
  void refusesWhatWouldStopTheEnsemble() throws Exception {
    ensemble = EmbeddedEnsemble.of(3, 0, SETTINGS);
    int leader = ensemble.awaitLeader();
    int other = leader == 1 ? 2 : 1;
    int third = 6 - leader - other;
    String before = configAt(leader);
    ensemble.stop(other);
    assertThat(refusal(third, Integer.toString(third), -1))
        .isEqualTo(KeeperException.Code.NEWCONFIGNOQUORUM);
    assertThat(refusal(third, "1,2", -1)).isEqualTo(KeeperException.Code.BADARGUMENTS);
    assertThat(refusal(third, "9", 5)).isEqualTo(KeeperException.Code.BADVERSION);
    assertThat(configAt(leader)).isEqualTo(before);
    ensemble.restart(other);
    ensemble.awaitLeader();
  }

  @Test
  void aLoneMemberGrowsToThreeAndShrinksAgain() throws Exception {
    ensemble =
        EmbeddedEnsemble.of(
            1, 0, Map.of("reconfigEnabled", "true", "skipACL", "yes", "syncLimit", "40"));
    ensemble.awaitLeader();
    writer = new Writer(ensemble.connectString(1));
    for (int i = 2; i <= 3; i++) {
      int joined = ensemble.join();
      ensemble.awaitLeader();
      reconfigure(joined, ensemble.serverLine(joined, "participant"), null);
    }
    writer.awaitMore();
    reconfigure(3, null, "2,3");
    await("one is left", () -> !configAt(1).contains("server.2="));
    ensemble.stop(2);
    ensemble.stop(3);
    writer.awaitMore();
    assertThat(refusal(1, "1", -1)).isEqualTo(KeeperException.Code.BADARGUMENTS);
  }

  @Test
  void theClientPortMoves() throws Exception {
    ensemble = EmbeddedEnsemble.of(3, 0, SETTINGS);
    ensemble.awaitLeader();
    String line = ensemble.serverLine(1, "participant");
    int port = FreePorts.one();
    try (ZooKeeperAdmin stays = connect(1)) {
      long session = stays.getSessionId();
      String moved = line.substring(0, line.lastIndexOf(':') + 1) + port;
      reconfigure(2, moved, null);
      await("the port is the new one", () -> ensemble.server(1).clientPort() == port);
      assertThat(stays.getSessionId()).isEqualTo(session);
      assertThat(stays.exists("/", false)).isNotNull();
    }
    try (ZooKeeperAdmin zk = connect("127.0.0.1:" + port)) {
      assertThat(zk.exists("/", false)).isNotNull();
    }
  }

  @Test
  void serversMoveToOtherPeerPorts() throws Exception {
    ensemble = EmbeddedEnsemble.of(3, 0, SETTINGS);
    int leader = ensemble.awaitLeader();
    int other = leader == 1 ? 2 : 1;
    writer = new Writer(ensemble.connectString());
    String moved = elsewhere(other);
    reconfigure(leader, moved, null);
    await(
        "the new place is known",
        () -> configAt(other).contains(moved.replace(";", ":participant;")));
    writer.awaitMore();
    // A leader that is to listen elsewhere hands over; whom the others then elect is theirs to say.
    String movedToo = elsewhere(leader);
    reconfigure(other, movedToo, null);
    await(
        "all serve by the new configuration",
        () ->
            ensemble.leader() > 0
                && IntStream.rangeClosed(1, 3).allMatch(ensemble::serves)
                && configAt(leader).contains(movedToo.replace(";", ":participant;")));
    writer.awaitMore();
    // Without the third, these two have to find each other at the new places.
    ensemble.stop(6 - leader - other);
    ensemble.awaitLeader();
    writer.awaitMore();
    writer.close();
    writer.assertNothingLost(leader);
  }

  private String elsewhere(int i) throws Exception {
    List<Integer> ports = FreePorts.take(2);
    return "server.%d=127.0.0.1:%d:%d;%s"
        .formatted(i, ports.get(0), ports.get(1), ensemble.connectString(i));
  }

  @Test
  void whatALeaderProposedAloneIsForgotten() throws Exception {
    ensemble = EmbeddedEnsemble.of(3, 0, Map.of("reconfigEnabled", "true", "skipACL", "yes"));
    ensemble.awaitLeader();
    String before = configAt(1);
    int leader = proposeAlone();
    int other = leader == 1 ? 2 : 1;
    await("it steps down", () -> !ensemble.serves(leader));
    await("another leads", () -> ensemble.leader() > 0 && ensemble.leader() != leader);
    assertThat(configAt(other)).isEqualTo(before);
    ensemble.healAll();
    ensemble.awaitLeader();
    assertThat(configAt(leader)).isEqualTo(before);
    assertThat(proposed(leader)).doesNotExist();
    reconfigure(leader, null, Integer.toString(leader));
    await("it can be done again", () -> !configAt(other).contains("server." + leader + "="));
  }

  /** Has a leader that is cut off propose a configuration; which leader it was. */
  private int proposeAlone() throws Exception {
    while (true) {
      int leader = ensemble.awaitLeader();
      try (ZooKeeperAdmin zk = connect(leader)) {
        ensemble.isolate(leader);
        String leaving = Integer.toString(leader == 1 ? 2 : 1);
        zk.reconfigure(null, leaving, null, -1, (rc, path, context, data, stat) -> {}, null);
        await(
            "it is proposed, or too late for that",
            () -> Files.exists(proposed(leader)) || !ensemble.serves(leader));
      }
      if (Files.exists(proposed(leader))) {
        return leader;
      }
      ensemble.healAll();
    }
  }

  private Path proposed(int i) {
    return ensemble.config(i).resolveSibling("server" + i + ".cfg.dynamic.next");
  }

  private ServerMode mode(int i) {
    return ensemble.serves(i) ? ensemble.server(i).status().mode() : null;
  }

  private String reconfigure(int at, String joining, String leaving) throws Exception {
    return reconfigure(at, joining, leaving, new Stat());
  }

  /** Asks until it is done: to ask for the same twice makes no other membership. */
  private String reconfigure(int at, String joining, String leaving, Stat stat) throws Exception {
    return retrying(
        at, zk -> text(zk.reconfigure(joining, leaving, null, -1, stat)), "reconfigured");
  }

  /** Asks for what is to be refused; why it was. */
  private KeeperException.Code refusal(int at, String leaving, long version) throws Exception {
    return retrying(
        at,
        zk -> {
          try {
            zk.reconfigure(null, leaving, null, version, null);
            return KeeperException.Code.OK;
          } catch (KeeperException.ConnectionLossException e) {
            throw e;
          } catch (KeeperException e) {
            return e.code();
          }
        },
        "answered");
  }

  private String configAt(int i) throws Exception {
    return retrying(
        i,
        zk -> {
          sync(zk);
          return text(zk.getConfig(false, null));
        },
        "read");
  }

  private static void sync(ZooKeeperAdmin zk) throws Exception {
    CountDownLatch synced = new CountDownLatch(1);
    zk.sync("/", (rc, path, context) -> synced.countDown(), null);
    assertThat(synced.await(60, TimeUnit.SECONDS)).as("sync").isTrue();
  }

  /** What is done with a connection. */
  private interface Step<T> {
    T run(ZooKeeperAdmin zk) throws Exception;
  }

  /** Tries again when the server has let go of its clients, as one does that gets another part. */
  private <T> T retrying(int at, Step<T> step, String what) throws Exception {
    long start = System.nanoTime();
    while (true) {
      try (ZooKeeperAdmin zk = connect(at)) {
        return step.run(zk);
      } catch (KeeperException.ConnectionLossException | KeeperException.ReconfigInProgress e) {
        assertThat(System.nanoTime() - start).as(what).isLessThan(60_000_000_000L);
      }
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private ZooKeeperAdmin connect(int i) throws Exception {
    return connect(ensemble.connectString(i));
  }

  private static ZooKeeperAdmin connect(String to) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeperAdmin zk =
        new ZooKeeperAdmin(
            to,
            30_000,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    assertThat(connected.await(60, TimeUnit.SECONDS)).as("connected to " + to).isTrue();
    return zk;
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      assertThat(System.nanoTime() - start).as(what + " within 60 s").isLessThan(60_000_000_000L);
      Thread.sleep(10);
    }
  }

  /** Creates numbered znodes, one after the other, whatever happens to its connection. */
  private final class Writer implements AutoCloseable {
    private final AtomicInteger written = new AtomicInteger();
    private final ZooKeeperAdmin zk;
    private final Thread thread = new Thread(this::write, "writer");
    private volatile boolean stopped;
    private volatile Exception failure;

    Writer(String to) throws Exception {
      zk = connect(to);
      thread.start();
    }

    private void write() {
      try {
        while (!stopped) {
          try {
            zk.create(
                "/n" + written.get(),
                new byte[0],
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.PERSISTENT);
            written.incrementAndGet();
          } catch (KeeperException.NodeExistsException e) {
            written.incrementAndGet();
          } catch (KeeperException.ConnectionLossException e) {
            // Once more.
          }
        }
      } catch (KeeperException | InterruptedException e) {
        failure = e;
      }
    }

    /** Waits for writes that begin after this call. */
    void awaitMore() throws Exception {
      int enough = written.get() + 10;
      await(
          "writes go on",
          () -> {
            assertThat(failure).isNull();
            return written.get() >= enough;
          });
    }

    void assertNothingLost(int at) throws Exception {
      Set<String> there =
          retrying(
              at,
              reader -> {
                sync(reader);
                return new HashSet<>(reader.getChildren("/", false));
              },
              "read");
      for (int i = 0; i < written.get(); i++) {
        assertThat(there).contains("n" + i);
      }
    }

    @Override
    public void close() throws Exception {
      stopped = true;
      thread.join();
      zk.close();
    }
  }
}
