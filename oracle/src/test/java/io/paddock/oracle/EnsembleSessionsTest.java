package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testkit.EmbeddedEnsemble;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sessions of an ensemble: they move between servers, outlive a leader, and end only when the
 * leader says so (quorum sheet, section 4.6). One ensemble of three voters and an observer for all
 * tests; none of them minds who leads.
 */
@Timeout(240)
class EnsembleSessionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int OBSERVER = 4;
  private static final int LONG_MS = 30_000;
  private static EmbeddedEnsemble ensemble;

  @BeforeAll
  static void start() {
    ensemble = EmbeddedEnsemble.of(3, 1, Map.of("syncLimit", "50"));
    ensemble.awaitLeader();
  }

  @AfterAll
  static void stop() {
    ensemble.close();
  }

  private static int port(int i) {
    String address = ensemble.connectString(i);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private static int follower() {
    return ensemble.awaitLeader() == 1 ? 2 : 1;
  }

  private static RawClient.Welcome open(RawClient client, int timeoutMs) {
    RawClient.Welcome welcome =
        client.handshake(RawClient.connectRequest(0, timeoutMs, 0, new byte[16], true));
    assertThat(welcome).isNotNull();
    return welcome;
  }

  private static boolean renew(RawClient client, RawClient.Welcome session) {
    RawClient.Welcome again =
        client.handshake(
            RawClient.connectRequest(0, LONG_MS, session.sessionId(), session.password(), true));
    return again != null && again.accepted();
  }

  /** Whether a znode is there, once this server has everything that was answered before. */
  private static boolean exists(int server, String path) {
    try (RawClient client = RawClient.session(port(server))) {
      client.request(OpCode.SYNC, Op.path(OpCode.SYNC, "/").bodyAt(0));
      int xid = client.request(OpCode.EXISTS, Op.exists(path, false).bodyAt(0));
      RawClient.Frame frame = client.next(PATIENCE);
      while (frame.xid() != xid) {
        assertThat(frame.kind()).isEqualTo(RawClient.Kind.FRAME);
        frame = client.next(PATIENCE);
      }
      client.call(Op.bare(OpCode.CLOSE_SESSION));
      return frame.err() == 0;
    }
  }

  private static void awaitGone(int server, String path) throws InterruptedException {
    long start = System.nanoTime();
    while (exists(server, path)) {
      assertThat(System.nanoTime() - start).as(path).isLessThan(PATIENCE.toNanos());
      Thread.sleep(20);
    }
  }

  @Test
  void aWriteOfAConnectionThatItsSessionHasLeftIsNeverDone() {
    int leader = ensemble.awaitLeader();
    int follower = follower();
    int other = 6 - leader - follower;
    int[][] moves = {
      {follower, leader}, {leader, follower}, {follower, other}, {OBSERVER, follower}
    };
    for (int[] move : moves) {
      String path = "/moved-" + move[0] + "-" + move[1];
      try (RawClient old = new RawClient(port(move[0]));
          RawClient now = new RawClient(port(move[1]))) {
        RawClient.Welcome session = open(old, LONG_MS);
        assertThat(old.call(Op.create(path, "")).err()).isZero();
        assertThat(renew(now, session)).as(path).isTrue();
        assertThat(old.call(Op.create(path + "-late", "")).kind())
            .as(path)
            .isEqualTo(RawClient.Kind.END);
        assertThat(now.call(Op.setData(path, "x")).err()).isZero();
        assertThat(exists(move[1], path + "-late")).isFalse();
      }
    }
  }

  @Test
  void aSilentClientOfAFollowerOrAnObserverExpiresWithItsEphemerals() throws Exception {
    for (int server : List.of(follower(), OBSERVER, ensemble.awaitLeader())) {
      String path = "/silent-" + server;
      try (RawClient client = new RawClient(port(server))) {
        RawClient.Welcome session = open(client, 400);
        // A slow machine may have let it expire before this.
        boolean made = client.call(Op.create(path, Op.EPHEMERAL)).kind() == RawClient.Kind.FRAME;
        while (made && client.next(PATIENCE).kind() != RawClient.Kind.END) {
          // Nothing but the end is of interest.
        }
        awaitGone(ensemble.awaitLeader(), path);
        try (RawClient again = new RawClient(port(server))) {
          assertThat(renew(again, session)).isFalse();
        }
      }
    }
  }

  @Test
  void clientsThatPingAFollowerOrAnObserverLive() throws Exception {
    boolean measured = false;
    while (!measured) {
      measured = live(follower(), OBSERVER, 4000);
    }
  }

  /** Whether the machine let us ping in time; if so, the sessions must have lived. */
  private static boolean live(int one, int other, int timeoutMs) throws InterruptedException {
    try (RawClient a = new RawClient(port(one));
        RawClient b = new RawClient(port(other))) {
      open(a, timeoutMs);
      open(b, timeoutMs);
      long start = System.nanoTime();
      long last = start;
      while (last - start < 2L * timeoutMs * 1_000_000) {
        Thread.sleep(100);
        RawClient.Frame toA = a.call(Op.bare(OpCode.PING));
        RawClient.Frame toB = b.call(Op.bare(OpCode.PING));
        long now = System.nanoTime();
        if (now - last > timeoutMs * 1_000_000L / 3) {
          return false;
        }
        assertThat(toA.kind()).as("server %d", one).isEqualTo(RawClient.Kind.FRAME);
        assertThat(toB.kind()).as("server %d", other).isEqualTo(RawClient.Kind.FRAME);
        last = now;
      }
      return true;
    }
  }

  @Test
  void aSessionIsClosedThroughAFollowerEverywhere() {
    for (int server : List.of(follower(), OBSERVER)) {
      String path = "/closed-" + server;
      try (RawClient client = new RawClient(port(server))) {
        RawClient.Welcome session = open(client, LONG_MS);
        assertThat(client.call(Op.create(path, Op.EPHEMERAL)).err()).isZero();
        assertThat(client.call(Op.bare(OpCode.CLOSE_SESSION)).err()).isZero();
        assertThat(client.next(PATIENCE).kind()).isEqualTo(RawClient.Kind.END);
        for (int i = 1; i <= OBSERVER; i++) {
          assertThat(exists(i, path)).as("at server %d", i).isFalse();
        }
        try (RawClient again = new RawClient(port(server))) {
          assertThat(renew(again, session)).isFalse();
        }
      }
    }
  }

  @Test
  void aReadBehindASyncSeesWhatWasWrittenElsewhereBefore() {
    int leader = ensemble.awaitLeader();
    int follower = follower();
    try (RawClient writer = RawClient.session(port(leader));
        RawClient reader = RawClient.session(port(follower));
        RawClient observer = RawClient.session(port(OBSERVER))) {
      assertThat(writer.call(Op.create("/synced", "")).err()).isZero();
      for (int i = 0; i < 100; i++) {
        String value = "v" + i;
        assertThat(writer.call(Op.setData("/synced", value)).err()).isZero();
        for (RawClient client : List.of(reader, observer)) {
          client.requests(
              List.of(Op.path(OpCode.SYNC, "/synced"), Op.getData("/synced", false)), 0);
          assertThat(client.next(PATIENCE).err()).isZero();
          RawClient.Frame read = client.next(PATIENCE);
          assertThat(read.err()).isZero();
          assertThat(read.in().buf()).isEqualTo(Reading.utf8(value));
        }
      }
    }
  }

  @Test
  void aSessionWithEphemeralsAndWatchesOutlivesItsLeader() throws Exception {
    int leader = ensemble.awaitLeader();
    BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    CountDownLatch connected = new CountDownLatch(1);
    try (ZooKeeper zk =
        new ZooKeeper(
            ensemble.connectString(leader) + "," + ensemble.connectString(follower()),
            LONG_MS,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
              if (event.getPath() != null) {
                events.add(event);
              }
            })) {
      assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
      persist(zk, "/watched", CreateMode.PERSISTENT);
      persist(zk, "/owned", CreateMode.EPHEMERAL);
      assertThat(zk.getData("/watched", true, null)).isEmpty();
      assertThat(zk.exists("/later", true)).isNull();
      ensemble.stop(leader);
      persist(zk, "/later", CreateMode.PERSISTENT);
      assertThat(events.poll(60, TimeUnit.SECONDS).getPath()).isEqualTo("/later");
      try (RawClient other = RawClient.session(port(ensemble.awaitLeader()))) {
        assertThat(other.call(Op.setData("/watched", "x")).err()).isZero();
      }
      assertThat(events.poll(60, TimeUnit.SECONDS).getPath()).isEqualTo("/watched");
      Stat owned = zk.exists("/owned", false);
      assertThat(owned.getEphemeralOwner()).isEqualTo(zk.getSessionId());
    } finally {
      ensemble.restart(leader);
    }
    awaitGone(ensemble.awaitLeader(), "/owned");
  }

  /** Creates it, however often the connection is lost meanwhile. */
  private static void persist(ZooKeeper zk, String path, CreateMode mode) throws Exception {
    while (true) {
      try {
        zk.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
        return;
      } catch (KeeperException.ConnectionLossException e) {
        // once more
      } catch (KeeperException.NodeExistsException e) {
        return;
      }
    }
  }
}
