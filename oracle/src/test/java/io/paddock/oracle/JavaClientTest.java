package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The official Java client, used as its documentation shows. */
@Timeout(60)
class JavaClientTest {

  private ServerUnderTest server;
  private ZooKeeper zk;
  private final BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();

  @BeforeEach
  void connect() throws Exception {
    server = Contender.subject().start(ServerSpec.standard());
    zk = open(events::add);
    assertThat(next().getState()).isEqualTo(KeeperState.SyncConnected);
  }

  private ZooKeeper open(Watcher watcher) throws Exception {
    return new ZooKeeper(server.connectString(), 30_000, watcher);
  }

  @AfterEach
  void stop() throws Exception {
    zk.close();
    server.close();
  }

  private WatchedEvent next() throws InterruptedException {
    WatchedEvent event = events.poll(10, TimeUnit.SECONDS);
    assertThat(event).as("an event within 10 s").isNotNull();
    return event;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String create(String path, CreateMode mode) throws Exception {
    return zk.create(path, bytes("data"), Ids.OPEN_ACL_UNSAFE, mode);
  }

  @Test
  void nodesAreCreatedReadChangedAndDeleted() throws Exception {
    Stat stat = new Stat();
    assertThat(zk.create("/a", bytes("1"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, stat))
        .isEqualTo("/a");
    assertThat(stat.getCzxid()).isPositive();
    assertThat(create("/a/s-", CreateMode.PERSISTENT_SEQUENTIAL)).isEqualTo("/a/s-0000000000");
    assertThat(create("/a/e-", CreateMode.EPHEMERAL_SEQUENTIAL)).isEqualTo("/a/e-0000000001");
    create("/c", CreateMode.CONTAINER);
    zk.create("/t", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, stat, 100_000);
    assertThat(zk.getData("/t", false, stat)).isNull();
    assertThat(zk.setData("/a", bytes("22"), 0).getVersion()).isEqualTo(1);
    assertThat(zk.getChildren("/a", false)).hasSize(2);
    assertThat(zk.getAllChildrenNumber("/a")).isEqualTo(2);
    assertThat(zk.getEphemerals()).containsExactly("/a/e-0000000001");
    zk.delete("/c", 0);
    assertThat(zk.exists("/c", false)).isNull();
    CountDownLatch synced = new CountDownLatch(1);
    zk.sync("/", (rc, path, context) -> synced.countDown(), null);
    assertThat(synced.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void errorsAreTheDocumentedExceptions() throws Exception {
    create("/a", CreateMode.PERSISTENT);
    create("/a/b", CreateMode.EPHEMERAL);
    assertThatThrownBy(() -> create("/a", CreateMode.PERSISTENT))
        .isInstanceOf(KeeperException.NodeExistsException.class);
    assertThatThrownBy(() -> zk.delete("/a", -1))
        .isInstanceOf(KeeperException.NotEmptyException.class);
    assertThatThrownBy(() -> zk.delete("/none", -1))
        .isInstanceOf(KeeperException.NoNodeException.class);
    assertThatThrownBy(() -> zk.setData("/a", null, 9))
        .isInstanceOf(KeeperException.BadVersionException.class);
    assertThatThrownBy(() -> create("/a/b/c", CreateMode.PERSISTENT))
        .isInstanceOf(KeeperException.NoChildrenForEphemeralsException.class);
    assertThatThrownBy(() -> zk.setACL("/a", List.of(), -1))
        .isInstanceOf(KeeperException.InvalidACLException.class);
    assertThatThrownBy(() -> zk.removeWatches("/a", e -> {}, Watcher.WatcherType.Any, false))
        .isInstanceOf(KeeperException.NoWatcherException.class);
  }

  @Test
  void watchesOfAllKindsFire() throws Exception {
    zk.exists("/a", true);
    create("/a", CreateMode.PERSISTENT);
    assertThat(next().getType()).isEqualTo(EventType.NodeCreated);
    zk.getData("/a", true, null);
    Stat changed = zk.setData("/a", null, -1);
    WatchedEvent event = next();
    assertThat(event.getType()).isEqualTo(EventType.NodeDataChanged);
    assertThat(event.getZxid()).isEqualTo(changed.getMzxid());
    zk.getChildren("/a", true);
    create("/a/b", CreateMode.PERSISTENT);
    assertThat(next().getType()).isEqualTo(EventType.NodeChildrenChanged);
    zk.addWatch("/a", AddWatchMode.PERSISTENT_RECURSIVE);
    zk.setData("/a/b", null, -1);
    zk.delete("/a/b", -1);
    zk.delete("/a", -1);
    assertThat(List.of(next().getType(), next().getType(), next().getType()))
        .containsExactly(EventType.NodeDataChanged, EventType.NodeDeleted, EventType.NodeDeleted);
    zk.removeAllWatches("/a", Watcher.WatcherType.Any, false);
    assertThat(next().getType()).isEqualTo(EventType.PersistentWatchRemoved);
  }

  @Test
  void transactionsAreAllOrNothing() throws Exception {
    List<OpResult> results =
        zk.multi(
            List.of(
                Op.create("/a", bytes("1"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                Op.create("/a/c", null, Ids.OPEN_ACL_UNSAFE, CreateMode.CONTAINER),
                Op.setData("/a", bytes("2"), 0),
                Op.check("/a", 1),
                Op.delete("/a/c", -1)));
    assertThat(results).hasSize(5);
    assertThatThrownBy(() -> zk.multi(List.of(Op.delete("/a", -1), Op.check("/none", -1))))
        .isInstanceOf(KeeperException.NoNodeException.class);
    assertThat(zk.exists("/a", false)).isNotNull();
    List<OpResult> reads = zk.multi(List.of(Op.getData("/a"), Op.getChildren("/a")));
    assertThat(((OpResult.GetDataResult) reads.get(0)).getData()).isEqualTo(bytes("2"));
  }

  @Test
  void identitiesAndAclsWork() throws Exception {
    zk.addAuthInfo("digest", bytes("alice:s3cret"));
    zk.create("/mine", null, Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
    assertThat(zk.whoAmI()).extracting("authScheme").contains("ip", "digest");
    ZooKeeper other = open(e -> {});
    assertThatThrownBy(() -> other.getData("/mine", false, null))
        .isInstanceOf(KeeperException.NoAuthException.class);
    other.addAuthInfo("digest", bytes("alice:s3cret"));
    assertThat(other.getACL("/mine", null)).hasSize(1);
    other.close();
  }

  @Test
  void aSessionIsResumedWithItsIdAndPassword() throws Exception {
    create("/e", CreateMode.EPHEMERAL);
    ZooKeeper again =
        new ZooKeeper(
            server.connectString(), 30_000, e -> {}, zk.getSessionId(), zk.getSessionPasswd());
    assertThat(again.exists("/e", false).getEphemeralOwner()).isEqualTo(zk.getSessionId());
    again.close();
    ZooKeeper witness = open(e -> {});
    assertThat(witness.exists("/e", false)).isNull();
    witness.close();
  }

  @Test
  void aBadPasswordIsAnExpiredSession() throws Exception {
    BlockingQueue<KeeperState> states = new LinkedBlockingQueue<>();
    ZooKeeper thief =
        new ZooKeeper(
            server.connectString(),
            30_000,
            e -> states.add(e.getState()),
            zk.getSessionId(),
            new byte[16]);
    assertThat(states.poll(10, TimeUnit.SECONDS)).isEqualTo(KeeperState.Expired);
    thief.close();
  }

  @Test
  void reconfigurationIsRefused() throws Exception {
    ZooKeeperAdmin admin = new ZooKeeperAdmin(server.connectString(), 30_000, e -> {});
    assertThat(admin.getConfig(false, new Stat())).isEmpty();
    assertThatThrownBy(() -> admin.reconfigure("server.2=a:1:2;3", null, null, -1, null))
        .isInstanceOf(KeeperException.ReconfigDisabledException.class);
    admin.close();
  }
}
