package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Paddock among Apache's servers, in every part, with real processes. */
@Timeout(240)
class MixedEnsembleTest {

  @Test
  void paddockFollowsAnApacheLeader() throws Exception {
    try (MixedEnsemble ensemble = new MixedEnsemble(3, 0)) {
      ensemble.start(3, APACHE);
      ensemble.start(2, APACHE);
      ensemble.await(3, "leader");
      exercise(ensemble, 3, 2, "/before");
      ensemble.start(1, PADDOCK);
      ensemble.await(1, "follower");
      exercise(ensemble, 1, 3, "/through-paddock");
      exercise(ensemble, 2, 1, "/through-apache");
      ensemble.stop(3);
      ensemble.await(2, "leader");
      ensemble.await(1, "follower");
      exercise(ensemble, 1, 2, "/paddock-is-needed");
      ensemble.start(3, APACHE);
      ensemble.await(3, "follower");
      exercise(ensemble, 1, 3, "/all-again");
      assertThat(read(ensemble, 1, "/before/n")).isEqualTo("4");
    }
  }

  @Test
  void paddockLeadsApacheFollowersAndHandsBack() throws Exception {
    try (MixedEnsemble ensemble = new MixedEnsemble(3, 0)) {
      ensemble.start(3, PADDOCK);
      ensemble.start(2, APACHE);
      ensemble.await(2, "follower");
      ensemble.await(3, "leader");
      exercise(ensemble, 2, 3, "/through-apache");
      ensemble.start(1, APACHE);
      ensemble.await(1, "follower");
      exercise(ensemble, 1, 2, "/through-the-late-one");
      exercise(ensemble, 3, 1, "/through-paddock");
      ensemble.stop(1);
      exercise(ensemble, 3, 2, "/without-one");
      ensemble.start(1, APACHE);
      ensemble.await(1, "follower");
      assertThat(read(ensemble, 1, "/without-one/n")).isEqualTo("4");
      ensemble.stop(3);
      ensemble.await(2, "leader");
      exercise(ensemble, 1, 2, "/apache-leads");
      ensemble.start(3, PADDOCK);
      ensemble.await(3, "follower");
      for (String path : List.of("/through-apache", "/through-paddock", "/apache-leads")) {
        assertThat(read(ensemble, 3, path + "/n")).isEqualTo("4");
      }
    }
  }

  @Test
  void eachObservesTheOther() throws Exception {
    try (MixedEnsemble ensemble = new MixedEnsemble(2, 2)) {
      ensemble.start(1, APACHE);
      ensemble.start(2, PADDOCK);
      ensemble.await(2, "leader");
      ensemble.start(3, APACHE);
      ensemble.await(3, "observer");
      ensemble.start(4, PADDOCK);
      ensemble.await(4, "observer");
      exercise(ensemble, 3, 4, "/by-apache");
      exercise(ensemble, 4, 3, "/by-paddock");
    }
  }

  /** Does a bit of everything at one server and looks at it at another. */
  private static void exercise(MixedEnsemble ensemble, int at, int from, String path)
      throws Exception {
    try (ZooKeeper zk = connect(ensemble, at);
        ZooKeeper other = connect(ensemble, from)) {
      zk.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      zk.create(path + "/n", bytes("0"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      for (int i = 1; i < 4; i++) {
        zk.setData(path + "/n", bytes(Integer.toString(i)), i - 1);
      }
      assertThatThrownBy(() -> zk.setData(path + "/n", bytes("x"), 77))
          .isInstanceOf(KeeperException.BadVersionException.class);
      zk.multi(
          List.of(
              Op.check(path + "/n", 3),
              Op.setData(path + "/n", bytes("4"), 3),
              Op.create(
                  path + "/s-",
                  bytes("s"),
                  ZooDefs.Ids.OPEN_ACL_UNSAFE,
                  CreateMode.PERSISTENT_SEQUENTIAL)));
      assertThatThrownBy(
              () ->
                  zk.multi(
                      List.of(
                          Op.setData(path + "/n", bytes("5"), -1), Op.check(path + "/none", 0))))
          .isInstanceOf(KeeperException.NoNodeException.class);
      zk.create(path + "/e", bytes("e"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
      sync(other, path);
      assertThat(new String(other.getData(path + "/n", false, null), StandardCharsets.UTF_8))
          .isEqualTo("4");
      assertThat(other.exists(path + "/e", false).getEphemeralOwner()).isEqualTo(zk.getSessionId());
      CountDownLatch gone = new CountDownLatch(1);
      other.exists(path + "/e", event -> gone.countDown());
      zk.close();
      assertThat(gone.await(30, TimeUnit.SECONDS)).as("the ephemeral goes").isTrue();
      assertThat(other.getChildren(path, false)).hasSize(2);
    }
  }

  private static String read(MixedEnsemble ensemble, int i, String path) throws Exception {
    try (ZooKeeper zk = connect(ensemble, i)) {
      sync(zk, path);
      return new String(zk.getData(path, false, null), StandardCharsets.UTF_8);
    }
  }

  private static void sync(ZooKeeper zk, String path) throws InterruptedException {
    CountDownLatch synced = new CountDownLatch(1);
    zk.sync(path, (rc, p, context) -> synced.countDown(), null);
    assertThat(synced.await(30, TimeUnit.SECONDS)).as("sync").isTrue();
  }

  private static ZooKeeper connect(MixedEnsemble ensemble, int i) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper zk =
        new ZooKeeper(
            ensemble.connectString(i),
            30_000,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    assertThat(connected.await(30, TimeUnit.SECONDS)).as("connected to " + i).isTrue();
    return zk;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
