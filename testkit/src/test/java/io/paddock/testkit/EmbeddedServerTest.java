package io.paddock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // the client's close() throws InterruptedException
@ExtendWith(PaddockExtension.class)
class EmbeddedServerTest {
  private static ZooKeeper connect(String connectString) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper zk =
        new ZooKeeper(
            connectString,
            30_000,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    assertThat(connected.await(10, TimeUnit.SECONDS)).as("connected").isTrue();
    return zk;
  }

  @Test
  void aTestIsGivenAServerThatServes(EmbeddedServer server) throws Exception {
    try (ZooKeeper zk = connect(server.connectString())) {
      zk.create("/a", "hi".getBytes(UTF_8), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      assertThat(zk.getData("/a", false, null)).isEqualTo("hi".getBytes(UTF_8));
    }
  }

  @Test
  void theTemporaryFolderGoesWithTheServer() {
    EmbeddedServer server = EmbeddedServer.builder().start();
    Path folder = server.dataDir();
    assertThat(folder).isDirectory();
    server.close();
    assertThat(folder).doesNotExist();
  }

  @Test
  void aGivenFolderStaysAndIsServedAgain(@TempDir Path folder) throws Exception {
    for (int i = 0; i < 3; i++) {
      try (EmbeddedServer server = EmbeddedServer.builder().dataDir(folder).start();
          ZooKeeper zk = connect(server.connectString())) {
        assertThat(zk.getChildren("/", false)).hasSize(1 + i);
        zk.create("/n" + i, null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      }
    }
    assertThat(folder).isDirectory();
  }

  @Test
  void aSessionSurvivesARestart(EmbeddedServer server) throws Exception {
    try (ZooKeeper zk = connect(server.connectString())) {
      zk.create("/e", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
      long session = zk.getSessionId();
      server.restart();
      CountDownLatch seen = new CountDownLatch(1);
      while (seen.getCount() > 0) {
        try {
          assertThat(zk.exists("/e", false).getEphemeralOwner()).isEqualTo(session);
          seen.countDown();
        } catch (org.apache.zookeeper.KeeperException.ConnectionLossException e) {
          continue; // not back yet
        }
      }
    }
  }

  @Test
  void twoServersLiveInOneProcess() throws Exception {
    try (EmbeddedServer one = EmbeddedServer.builder().start();
        EmbeddedServer two = EmbeddedServer.builder().start();
        ZooKeeper first = connect(one.connectString());
        ZooKeeper second = connect(two.connectString())) {
      first.create("/a", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      assertThat(second.exists("/a", false)).isNull();
    }
  }

  @Test
  void oneFolderIsNotForTwo(@TempDir Path folder) {
    try (EmbeddedServer server = EmbeddedServer.builder().dataDir(folder).start()) {
      assertThat(server.port()).isPositive();
      assertThatThrownBy(() -> EmbeddedServer.builder().dataDir(folder).start())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void aWrongSettingIsNamed() {
    assertThatThrownBy(() -> EmbeddedServer.builder().set("tickTime", "soon").start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tickTime");
  }

  @Test
  void afterCloseThePortIsFree(@TempDir Path folder) {
    EmbeddedServer server = EmbeddedServer.builder().dataDir(folder).start();
    int port = server.port();
    server.close();
    try (EmbeddedServer again = EmbeddedServer.builder().dataDir(folder).port(port).start()) {
      assertThat(again.port()).isEqualTo(port);
    }
    assertThat(Files.exists(folder)).isTrue();
  }
}
