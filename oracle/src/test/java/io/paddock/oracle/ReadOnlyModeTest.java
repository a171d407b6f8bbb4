package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testkit.EmbeddedEnsemble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server that has lost its quorum, beside Apache's in the same plight (client protocol sheet,
 * section 8.6).
 */
@Timeout(240)
class ReadOnlyModeTest {
  private static final Map<String, String> LOCAL_SESSIONS =
      Map.of("localSessionsEnabled", "true", "localSessionsUpgradingEnabled", "true");
  private static final Map<String, String> READ_ONLY = Map.of("readonlymode.enabled", "true");

  @Test
  void aServerWithoutItsQuorumSaysWhatApachesSays() throws Exception {
    assertThat(transcript(PADDOCK)).isEqualTo(transcript(APACHE));
  }

  /** Everything that a client and an operator can see of read-only mode. */
  private static List<String> transcript(MixedEnsemble.Kind kind) throws Exception {
    List<String> seen = new ArrayList<>();
    try (MixedEnsemble ensemble = new MixedEnsemble(3, 0, LOCAL_SESSIONS, READ_ONLY)) {
      ensemble.start(1, kind);
      ensemble.start(2, kind);
      ensemble.await(2, "leader");
      ensemble.await(1, "follower");
      RawClient.Welcome global = prepare(ensemble.clientPort(1));
      ensemble.stop(2);
      ensemble.await(1, "read-only");
      int port = ensemble.clientPort(1);
      seen.add("without the byte " + hello(port, connect(0, new byte[16], false)));
      seen.add("with the byte 0 " + hello(port, connect(0, new byte[16], true)));
      seen.add(
          "a global session "
              + hello(
                  port, RawClient.readOnlyConnectRequest(global.sessionId(), global.password())));
      operate(port, seen);
      words(port, seen);
      try (RawClient last = new RawClient(port)) {
        last.handshake(RawClient.readOnlyConnectRequest(0, new byte[16]));
        ensemble.start(2, kind);
        seen.add("cut " + last.next(Duration.ofSeconds(60)).kind());
      }
      ensemble.await(1, "follower");
      seen.add(FourLetterConformanceTest.word(port, "isro", false));
      try (RawClient writer = RawClient.session(port)) {
        seen.add("written again " + writer.call(Op.create("/again", "")).err());
      }
    }
    return seen;
  }

  /** Makes a znode and a global session, whose connection is closed again. */
  private static RawClient.Welcome prepare(int port) {
    try (RawClient client = new RawClient(port)) {
      RawClient.Welcome welcome = client.handshake(connect(0, new byte[16], true));
      assertThat(client.call(Op.create("/a", "data")).err()).isZero();
      assertThat(client.call(Op.create("/e", Op.EPHEMERAL)).err()).isZero();
      return welcome;
    }
  }

  private static byte[] connect(long sessionId, byte[] password, boolean withReadOnly) {
    return RawClient.connectRequest(0, 30_000, sessionId, password, withReadOnly);
  }

  private static String hello(int port, byte[] connectRequest) {
    try (RawClient client = new RawClient(port)) {
      return describe(client.handshake(connectRequest));
    }
  }

  private static String describe(RawClient.Welcome welcome) {
    return welcome == null
        ? "is closed"
        : "gets "
            + welcome.timeoutMs()
            + " from server "
            + (welcome.sessionId() >>> 56)
            + " readOnly "
            + Reading.bytes(welcome.tail());
  }

  private static void operate(int port, List<String> seen) {
    List<Op> ops =
        List.of(
            Op.getData("/a", true),
            Op.exists("/none", true),
            Op.getChildren2("/", false),
            Op.path(OpCode.GET_EPHEMERALS, "/"),
            Op.path(OpCode.GET_ALL_CHILDREN_NUMBER, "/"),
            Op.bare(OpCode.WHO_AM_I),
            Op.watch(OpCode.ADD_WATCH, "/", 1),
            Op.bare(OpCode.PING),
            Op.path(OpCode.SYNC, "/"),
            Op.create("/b", "x"),
            Op.create("/b", Op.EPHEMERAL),
            Op.create(OpCode.CREATE2, "/b", new byte[0], Op.OPEN, 0),
            Op.create(OpCode.CREATE_CONTAINER, "/b", new byte[0], Op.OPEN, Op.CONTAINER),
            Op.createTtl("/b", new byte[0], Op.OPEN, Op.TTL, 1000),
            Op.delete("/a", -1),
            Op.setData("/a", "y"),
            Op.setAcl("/a", Op.OPEN, -1),
            Op.of(OpCode.CREATE, new byte[3], "a create that does not decode"));
    RawClient.Welcome welcome;
    try (RawClient client = new RawClient(port)) {
      welcome = client.handshake(RawClient.readOnlyConnectRequest(0, new byte[16]));
      seen.add("a new session " + describe(welcome));
      for (Op op : ops) {
        RawClient.Frame frame = client.call(op);
        seen.add(
            op.words() + " " + frame.kind() + " " + frame.err() + " " + (frame.zxid() & 0xffff));
      }
    }
    try (RawClient again = new RawClient(port)) {
      byte[] request = RawClient.readOnlyConnectRequest(welcome.sessionId(), welcome.password());
      RawClient.Welcome renewed = again.handshake(request);
      seen.add("its own session " + describe(renewed));
      assertThat(renewed.sessionId()).isEqualTo(welcome.sessionId());
      seen.add("closed " + again.call(Op.bare(OpCode.CLOSE_SESSION)).err());
      seen.add("then " + again.next().kind());
    }
  }

  private static void words(int port, List<String> seen) {
    for (String word : List.of("isro", "ruok")) {
      seen.add(FourLetterConformanceTest.word(port, word, false));
    }
    for (String word : List.of("srvr", "stat")) {
      FourLetterConformanceTest.word(port, word, false)
          .lines()
          .filter(line -> line.startsWith("Mode") || line.startsWith("READ"))
          .forEach(seen::add);
    }
    seen.addAll(EnsembleMonitorTest.sessions(FourLetterConformanceTest.word(port, "dump", false)));
    for (String key : List.of("zk_server_state", "zk_peer_state", "zk_quorum_size")) {
      seen.add(key + " " + FourLetterConformanceTest.monitor(port, key));
    }
  }

  @Test
  void aServerThatIsCutOffServesReadersUntilTheNetworkHeals() {
    try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.of(3, 0, READ_ONLY)) {
      int cutOff = ensemble.awaitLeader() == 1 ? 2 : 1;
      String address = ensemble.connectString(cutOff);
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      try (RawClient writer = RawClient.session(port)) {
        assertThat(writer.call(Op.create("/a", "data")).err()).isZero();
        ensemble.isolate(cutOff);
        assertThat(writer.next(Duration.ofSeconds(60)).kind()).isEqualTo(RawClient.Kind.END);
      }
      try (RawClient reader = readOnlySession(port)) {
        assertThat(reader.call(Op.getData("/a", false)).err()).isZero();
        assertThat(reader.call(Op.setData("/a", "x")).err()).isEqualTo(-119);
        ensemble.healAll();
        assertThat(reader.next(Duration.ofSeconds(60)).kind()).isEqualTo(RawClient.Kind.END);
      }
      ensemble.awaitLeader();
      try (RawClient writer = RawClient.session(port)) {
        assertThat(writer.call(Op.setData("/a", "x")).err()).isZero();
      }
    }
  }

  /** Comes again until it is let in. */
  private static RawClient readOnlySession(int port) {
    long start = System.nanoTime();
    while (true) {
      RawClient client = new RawClient(port);
      RawClient.Welcome welcome =
          client.handshake(RawClient.readOnlyConnectRequest(0, new byte[16]));
      if (welcome != null && welcome.accepted()) {
        return client;
      }
      client.close();
      assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
    }
  }

  @Test
  void apachesClientReadsWithoutAQuorumAndWritesWhenThereIsOneAgain() throws Exception {
    try (MixedEnsemble ensemble = new MixedEnsemble(3, 0, Map.of(), READ_ONLY)) {
      ensemble.start(1, PADDOCK);
      ensemble.start(2, PADDOCK);
      ensemble.await(1, "follower");
      try (RawClient writer = RawClient.session(ensemble.clientPort(1))) {
        assertThat(writer.call(Op.create("/a", "data")).err()).isZero();
      }
      ensemble.stop(2);
      ensemble.await(1, "read-only");
      BlockingQueue<KeeperState> states = new LinkedBlockingQueue<>();
      try (ZooKeeper zk =
          new ZooKeeper(
              ensemble.connectString(1) + "," + ensemble.connectString(2),
              20_000,
              event -> states.add(event.getState()),
              true)) {
        await(states, KeeperState.ConnectedReadOnly);
        assertThat(zk.getData("/a", false, null)).isEqualTo(Reading.utf8("data"));
        ensemble.start(2, PADDOCK);
        await(states, KeeperState.SyncConnected);
        write(zk);
      }
    }
  }

  /** Writes, however often the connection is lost meanwhile. */
  private static void write(ZooKeeper zk) throws Exception {
    while (true) {
      try {
        zk.setData("/a", Reading.utf8("more"), -1);
        return;
      } catch (KeeperException.ConnectionLossException e) {
        // once more
      }
    }
  }

  private static void await(BlockingQueue<KeeperState> states, KeeperState wanted)
      throws InterruptedException {
    List<KeeperState> heard = new ArrayList<>();
    while (!heard.contains(wanted)) {
      KeeperState next = states.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("waiting for %s after %s", wanted, heard).isNotNull();
      heard.add(next);
    }
  }
}
