package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.ZooCfg;
import io.paddock.operators.ServerMode;
import io.paddock.server.PaddockServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plain standalone server becomes the first of three by a reconfig, while clients write. */
@Timeout(180)
class GrowthTest {
  private static final String SUPER = "super:ejTEktBHDg2P+Yhtnvp/bcc3WCE=";

  @TempDir private Path folder;
  private final List<Integer> ports = FreePorts.take(9);
  private final PaddockServer[] servers = new PaddockServer[4];
  private ZooKeeperAdmin zk;
  private final AtomicInteger disconnections = new AtomicInteger();
  private Writer writer;

  @BeforeEach
  void startAlone() throws Exception {
    Files.writeString(
        cfg(1),
        """
        # the only server, so far
        tickTime=500
        standaloneEnabled=true
        dataDir=%s
        clientPort=%d
        reconfigEnabled=true
        admin.enableServer=false
        DigestAuthenticationProvider.superDigest=%s
        """
            .formatted(data(1), clientPort(1), SUPER));
    start(1);
    zk = connect(clientPort(1));
    zk.create("/kept", "of old".getBytes(), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    zk.create("/mine", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    zk.create("/w", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    writer = new Writer();
  }

  @AfterEach
  void stopAll() throws Exception {
    if (writer != null) {
      writer.end();
    }
    if (zk != null) {
      zk.close();
    }
    for (int i = 1; i <= 3; i++) {
      stop(i);
    }
  }

  private Path cfg(int i) {
    return folder.resolve("zoo" + i + ".cfg");
  }

  private Path data(int i) {
    return folder.resolve("data" + i);
  }

  private int clientPort(int i) {
    return ports.get(3 * i - 3);
  }

  private String line(int i) {
    return "server.%d=127.0.0.1:%d:%d:participant;127.0.0.1:%d"
        .formatted(i, ports.get(3 * i - 2), ports.get(3 * i - 1), clientPort(i));
  }

  private void start(int i) throws Exception {
    servers[i] = PaddockServer.start(ZooCfg.load(cfg(i), Map.of()), () -> {});
  }

  private void stop(int i) {
    if (servers[i] != null) {
      servers[i].close();
      servers[i] = null;
    }
  }

  private void newcomer(int i) throws Exception {
    Files.createDirectories(data(i));
    Files.writeString(data(i).resolve("myid"), i + "\n");
    Files.writeString(
        cfg(i),
        """
        tickTime=500
        initLimit=10
        syncLimit=5
        dataDir=%s
        reconfigEnabled=true
        standaloneEnabled=false
        admin.enableServer=false
        DigestAuthenticationProvider.superDigest=%s
        %s
        %s
        """
            .formatted(data(i), SUPER, line(1), line(i).replace("participant", "observer")));
    start(i);
    await("server " + i + " follows", () -> servers[i].status().serving());
  }

  private String grow() throws Exception {
    zk.addAuthInfo("digest", "super:paddock".getBytes());
    return text(zk.reconfigure(line(1), null, null, -1, null));
  }

  @Test
  void itBecomesTheFirstOfThreeWithoutAnyClientNoticing() throws Exception {
    long session = zk.getSessionId();
    writer.awaitMore();
    assertThat(grow()).contains(line(1)).containsPattern("version=1000000[0-9a-f]+");
    assertThat(servers[1].status().mode()).isEqualTo(ServerMode.LEADER);
    writer.awaitMore();
    assertThat(zk.exists("/mine", false).getEphemeralOwner()).isEqualTo(session);
    assertThat(text(zk.getConfig(false, null))).contains(line(1));

    newcomer(2);
    newcomer(3);
    String all = text(zk.reconfigure(line(2) + "," + line(3), null, null, -1, null));
    assertThat(all).contains(line(1), line(2), line(3));
    writer.awaitMore();
    assertThat(disconnections).as("times that a client lost its connection").hasValue(0);

    int written = writer.end();
    writer = null;
    stop(1);
    await("another one leads", () -> mode(2) == ServerMode.LEADER || mode(3) == ServerMode.LEADER);
    try (ZooKeeperAdmin other = connect(clientPort(2))) {
      assertThat(text(other.getData("/kept", false, null))).isEqualTo("of old");
      assertThat(other.getChildren("/w", false)).hasSize(written);
    }
    start(1);
    await(
        "the first one follows",
        () -> mode(1) == ServerMode.FOLLOWER && servers[1].status().serving());
  }

  @Test
  void aRestartIsTheMemberWithAllThatItHad() throws Exception {
    grow();
    int written = writer.end();
    writer = null;
    zk.close();
    zk = null;
    stop(1);
    assertThat(Files.readString(cfg(1)))
        .startsWith("# the only server, so far\n")
        .contains("standaloneEnabled=false", "initLimit=10", "dynamicConfigFile=")
        .doesNotContain("standaloneEnabled=true");
    assertThat(Files.readString(folder.resolve("zoo1.cfg.bak"))).contains("standaloneEnabled=true");
    assertThat(data(1).resolve("myid")).hasContent("1");
    start(1);
    await("it leads again", () -> mode(1) == ServerMode.LEADER && servers[1].status().serving());
    try (ZooKeeperAdmin again = connect(clientPort(1))) {
      assertThat(again.getChildren("/w", false)).hasSize(written);
    }
  }

  @Test
  void whoMayNotReconfigureDoesNotMakeItGrow() throws Exception {
    assertThatThrownBy(() -> zk.reconfigure(line(1), null, null, -1, null))
        .isInstanceOf(KeeperException.NoAuthException.class);
    staysAlone();
  }

  @Test
  void moreThanItsOwnLineIsRefused() throws Exception {
    zk.addAuthInfo("digest", "super:paddock".getBytes());
    assertThatThrownBy(() -> zk.reconfigure(line(1) + "," + line(2), null, null, -1, null))
        .isInstanceOf(KeeperException.UnimplementedException.class);
    staysAlone();
  }

  @Test
  void whatTheMemberWouldRefuseIsRefusedBefore() throws Exception {
    zk.addAuthInfo("digest", "super:paddock".getBytes());
    String withoutClients = line(1).substring(0, line(1).indexOf(';'));
    assertThatThrownBy(() -> zk.reconfigure(withoutClients, null, null, -1, null))
        .isInstanceOf(KeeperException.BadArgumentsException.class);
    staysAlone();
    assertThatThrownBy(() -> zk.reconfigure(line(1) + ",version=5", null, null, -1, null))
        .isInstanceOf(KeeperException.class);
    staysAlone();
    assertThatThrownBy(() -> zk.reconfigure(line(1), null, null, 0, null))
        .isInstanceOf(KeeperException.BadVersionException.class);
    staysAlone();
  }

  @Test
  void withAPortThatIsTakenItStaysAloneAndServes() throws Exception {
    zk.addAuthInfo("digest", "super:paddock".getBytes());
    try (ServerSocket taken = new ServerSocket(ports.get(2), 1, InetAddress.getLoopbackAddress())) {
      assertThat(taken.isBound()).isTrue();
      assertThatThrownBy(() -> zk.reconfigure(line(1), null, null, -1, null))
          .isInstanceOf(KeeperException.NewConfigNoQuorum.class);
    }
    staysAlone();
    assertThat(grow()).as("once it is free").contains(line(1));
  }

  @Test
  void withAClientPortThatSomebodyElseHasItStaysAlone() throws Exception {
    zk.addAuthInfo("digest", "super:paddock".getBytes());
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String elsewhere = line(1).replaceFirst(";.*", ";127.0.0.1:" + taken.getLocalPort());
      assertThatThrownBy(() -> zk.reconfigure(elsewhere, null, null, -1, null))
          .isInstanceOf(KeeperException.NewConfigNoQuorum.class);
    }
    staysAlone();
  }

  @Test
  void withAnotherNumberInMyidItStaysAlone() throws Exception {
    zk.addAuthInfo("digest", "super:paddock".getBytes());
    Files.writeString(data(1).resolve("myid"), "7\n");
    assertThatThrownBy(() -> zk.reconfigure(line(1), null, null, -1, null))
        .isInstanceOf(KeeperException.NewConfigNoQuorum.class);
    Files.delete(data(1).resolve("myid"));
    staysAlone();
  }

  private void staysAlone() throws Exception {
    writer.awaitMore();
    assertThat(disconnections).hasValue(0);
    assertThat(mode(1)).isEqualTo(ServerMode.STANDALONE);
    assertThat(Files.readString(cfg(1))).contains("standaloneEnabled=true");
    assertThat(data(1).resolve("myid")).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("zoo1.cfg", "data1");
    }
  }

  private ServerMode mode(int i) {
    return servers[i].status().mode();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private ZooKeeperAdmin connect(int port) throws IOException, InterruptedException {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeperAdmin client =
        new ZooKeeperAdmin(
            "127.0.0.1:" + port,
            30_000,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              } else if (event.getState() == Watcher.Event.KeeperState.Disconnected) {
                disconnections.incrementAndGet();
              }
            });
    assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
    return client;
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      assertThat(System.nanoTime() - start).as(what + " within 60 s").isLessThan(60_000_000_000L);
      Thread.sleep(10);
    }
  }

  /** Creates one znode after the other, on a connection of its own that must not be lost. */
  private final class Writer {
    private final ZooKeeperAdmin client = connect(clientPort(1));
    private final AtomicInteger written = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "writer");
    private volatile Throwable failure;
    private volatile boolean ending;

    Writer() throws IOException, InterruptedException {
      thread.start();
    }

    private void run() {
      try {
        while (!ending) {
          client.create(
              "/w/n" + written.get(),
              new byte[10],
              ZooDefs.Ids.OPEN_ACL_UNSAFE,
              CreateMode.PERSISTENT);
          written.incrementAndGet();
        }
      } catch (KeeperException | InterruptedException e) {
        failure = e;
      }
    }

    void awaitMore() throws Exception {
      int more = written.get() + 20;
      await("the writer goes on", () -> failure != null || written.get() >= more);
      assertThat(failure).isNull();
    }

    /** How many it has written. */
    int end() throws InterruptedException {
      ending = true;
      thread.join();
      assertThat(failure).isNull();
      client.close();
      return written.get();
    }
  }
}
