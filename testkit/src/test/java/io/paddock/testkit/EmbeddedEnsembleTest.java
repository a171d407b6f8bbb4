package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class EmbeddedEnsembleTest {
  private EmbeddedEnsemble ensemble;

  @AfterEach
  void close() {
    if (ensemble != null) {
      ensemble.close();
    }
  }

  @Test
  void aZnodeCreatedThroughAFollowerIsReadEverywhere() throws Exception {
    ensemble = EmbeddedEnsemble.of(3);
    int follower = other(ensemble.awaitLeader());
    try (ZooKeeper zk = connect(ensemble.connectString(follower))) {
      create(zk, "/a", "one");
    }
    for (int i = 1; i <= 3; i++) {
      assertThat(syncedRead(i, "/a")).isEqualTo("one");
    }
  }

  @Test
  void writesGoOnWhenTheLeaderIsStoppedAndItRejoins() throws Exception {
    ensemble = EmbeddedEnsemble.of(3);
    int leader = ensemble.awaitLeader();
    try (ZooKeeper zk = connect(ensemble.connectString())) {
      create(zk, "/before", "x");
      ensemble.stop(leader);
      persist(zk, "/after", "y");
      ensemble.restart(leader);
      ensemble.awaitLeader();
      assertThat(syncedRead(leader, "/before")).isEqualTo("x");
      assertThat(syncedRead(leader, "/after")).isEqualTo("y");
    }
  }

  @Test
  void aFollowerThatLagsByMoreThanMemoryHasIsBroughtUpFromTheLog() throws Exception {
    ensemble = EmbeddedEnsemble.of(3);
    int leader = ensemble.awaitLeader();
    int follower = other(leader);
    ensemble.stop(follower);
    try (ZooKeeper zk = connect(ensemble.connectString(leader))) {
      create(zk, "/n", "");
      for (int i = 0; i < 1500; i++) {
        zk.setData("/n", Integer.toString(i).getBytes(StandardCharsets.UTF_8), -1, null, null);
      }
      zk.setData("/n", "last".getBytes(StandardCharsets.UTF_8), -1);
    }
    ensemble.restart(follower);
    ensemble.awaitLeader();
    assertThat(syncedRead(follower, "/n")).isEqualTo("last");
  }

  @Test
  void aFollowerThatHasLostItsDataIsFilledBySnapshot() throws Exception {
    ensemble = EmbeddedEnsemble.of(3);
    int leader = ensemble.awaitLeader();
    int follower = other(leader);
    try (ZooKeeper zk = connect(ensemble.connectString(leader))) {
      for (int i = 0; i < 50; i++) {
        create(zk, "/n" + i, "v" + i);
      }
      ensemble.stop(follower);
      delete(ensemble.dataDir(follower).resolve("version-2"));
      ensemble.restart(follower);
      ensemble.awaitLeader();
      create(zk, "/later", "z");
    }
    assertThat(syncedRead(follower, "/n49")).isEqualTo("v49");
    assertThat(syncedRead(follower, "/later")).isEqualTo("z");
    ensemble.restart(follower);
    ensemble.awaitLeader();
    assertThat(syncedRead(follower, "/n49")).isEqualTo("v49");
    assertThat(syncedRead(follower, "/later")).isEqualTo("z");
  }

  @Test
  void anEphemeralSurvivesTheMoveOfItsSessionAndGoesWithIt() throws Exception {
    ensemble = EmbeddedEnsemble.of(3);
    int leader = ensemble.awaitLeader();
    int follower = other(leader);
    try (ZooKeeper zk =
            connect(ensemble.connectString(follower) + "," + ensemble.connectString(leader));
        ZooKeeper watcher = connect(ensemble.connectString(leader))) {
      zk.create("/e", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
      long session = zk.getSessionId();
      ensemble.stop(follower);
      persist(zk, "/moved", "m");
      assertThat(zk.getSessionId()).isEqualTo(session);
      CountDownLatch gone = new CountDownLatch(1);
      assertThat(watcher.exists("/e", event -> gone.countDown())).isNotNull();
      zk.close();
      assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void anObserverServesReadsAndForwardsWrites() throws Exception {
    ensemble = EmbeddedEnsemble.of(2, 1, Map.of());
    ensemble.awaitLeader();
    try (ZooKeeper zk = connect(ensemble.connectString(3))) {
      create(zk, "/o", "observed");
    }
    assertThat(syncedRead(3, "/o")).isEqualTo("observed");
    assertThat(syncedRead(1, "/o")).isEqualTo("observed");
  }

  @Test
  void aLeaderThatIsCutOffIsReplacedAndCatchesUpWhenTheNetworkHeals() throws Exception {
    ensemble = EmbeddedEnsemble.of(3);
    int old = ensemble.awaitLeader();
    ensemble.isolate(old);
    int leader = ensemble.awaitLeader();
    assertThat(leader).isNotEqualTo(old);
    ensemble.awaitNotServing(old);
    try (ZooKeeper zk = connect(ensemble.connectString(leader))) {
      persist(zk, "/meanwhile", "m");
    }
    ensemble.healAll();
    ensemble.awaitServing(old);
    assertThat(syncedRead(old, "/meanwhile")).isEqualTo("m");
  }

  @Test
  void aFollowerThatIsCutOffServesNobodyAndTheOthersGoOn() throws Exception {
    ensemble = EmbeddedEnsemble.of(3);
    int leader = ensemble.awaitLeader();
    int follower = other(leader);
    ensemble.isolate(follower);
    ensemble.awaitNotServing(follower);
    assertThat(ensemble.awaitLeader()).isNotEqualTo(follower);
    try (ZooKeeper zk = connect(ensemble.connectString(leader))) {
      persist(zk, "/meanwhile", "m");
    }
    ensemble.healAll();
    ensemble.awaitServing(follower);
    assertThat(syncedRead(follower, "/meanwhile")).isEqualTo("m");
  }

  @Test
  void aLinkThatNoQuorumNeedsMayBeCut() throws Exception {
    // Long ticks: no pause of this machine shall end the leader's term.
    ensemble = EmbeddedEnsemble.builder().tickTimeMs(3000).start();
    int leader = ensemble.awaitLeader();
    int follower = other(leader);
    int third = 6 - leader - follower;
    ensemble.cut(follower, third);
    try (ZooKeeper zk = connect(ensemble.connectString(follower))) {
      create(zk, "/a", "one");
    }
    assertThat(syncedRead(third, "/a")).isEqualTo("one");
    assertThat(ensemble.awaitLeader()).isEqualTo(leader);
  }

  @Test
  void aQuorumThatIsLostIsNoQuorumUntilTheLinkIsMended() {
    ensemble = EmbeddedEnsemble.builder().servers(2).start();
    int leader = ensemble.awaitLeader();
    ensemble.cut(1, 2);
    assertThat(ensemble.leader()).isZero();
    ensemble.awaitNotServing(leader);
    ensemble.awaitNotServing(other(leader));
    ensemble.heal(2, 1);
    assertThat(ensemble.awaitLeader()).isPositive();
  }

  @Test
  void anEnsembleOfOneServesToo() throws Exception {
    ensemble = EmbeddedEnsemble.builder().servers(1).start();
    assertThat(ensemble.awaitLeader()).isEqualTo(1);
    try (ZooKeeper zk = connect(ensemble.connectString())) {
      create(zk, "/a", "one");
    }
  }

  @Test
  void serversThatAreNotThereAreNamed() {
    ensemble = EmbeddedEnsemble.builder().servers(1).start();
    assertThatThrownBy(() -> ensemble.cut(1, 2)).hasMessageContaining("no server 2 of 1");
    assertThatThrownBy(() -> ensemble.cut(1, 1)).hasMessageContaining("no link to itself");
  }

  private int other(int i) {
    return i == 1 ? 2 : 1;
  }

  private String syncedRead(int i, String path) throws Exception {
    try (ZooKeeper zk = connect(ensemble.connectString(i))) {
      while (true) {
        CompletableFuture<Integer> synced = new CompletableFuture<>();
        zk.sync(path, (rc, p, context) -> synced.complete(rc), null);
        try {
          if (synced.get(60, TimeUnit.SECONDS) == KeeperException.Code.OK.intValue()) {
            return new String(zk.getData(path, false, null), StandardCharsets.UTF_8);
          }
        } catch (KeeperException.ConnectionLossException e) {
          // An election: once more.
        }
      }
    }
  }

  private static ZooKeeper connect(String to) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper zk =
        new ZooKeeper(
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

  private static void create(ZooKeeper zk, String path, String data) throws Exception {
    zk.create(
        path,
        data.getBytes(StandardCharsets.UTF_8),
        ZooDefs.Ids.OPEN_ACL_UNSAFE,
        CreateMode.PERSISTENT);
  }

  /** Creates it, however often the connection is lost meanwhile. */
  private static void persist(ZooKeeper zk, String path, String data) throws Exception {
    while (true) {
      try {
        create(zk, path, data);
        return;
      } catch (KeeperException.ConnectionLossException e) {
        // once more
      } catch (KeeperException.NodeExistsException e) {
        return;
      }
    }
  }

  private static void delete(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    }
  }
}
