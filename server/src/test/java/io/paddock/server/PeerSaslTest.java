package io.paddock.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.ElectionHandshake;
import io.paddock.zab.LearnerInfo;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers, strangers and others at the ports of a leader that takes logins, and whom it dials. */
@Timeout(120)
class PeerSaslTest {
  private static final String LOOPBACK = "127.0.0.1";

  /** By its line the machine of server 2. */
  private static final String SECOND = "127.0.0.2";

  private static final int PATIENCE_MS = 60_000;
  private static final String MAGIC = "5f2435013501edcc";
  private static final HexFormat HEX = HexFormat.of();
  private static final String ENABLE = "quorum.auth.enableSasl";
  private static final String LEARNER = "quorum.auth.learnerRequireSasl";
  private static final String SERVER = "quorum.auth.serverRequireSasl";

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private LogLines log;
  private int quorumPort;
  private int electionPort;

  @BeforeEach
  void prepare() throws IOException {
    log = new LogLines();
    quorumPort = LowPorts.free();
    electionPort = LowPorts.free();
    Files.writeString(directory.resolve("myid"), "1\n");
    jaas("user_zk=\"s3cret\"", "username=\"zk\" password=\"s3cret\"");
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    List<String> all = log.all("");
    log.close();
    assertThat(all).noneMatch(line -> line.contains("s3cret"));
  }

  private void jaas(String server, String learner) throws IOException {
    String module = "org.apache.zookeeper.server.auth.DigestLoginModule required ";
    Files.writeString(
        directory.resolve("jaas.conf"),
        "QuorumServer { %s%s; };%nQuorumLearner { %s%s; };%n"
            .formatted(module, server, module, learner));
  }

  /** A server that is its own quorum, and knows an observer. */
  private void start(String... settings) throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("server.1", LOOPBACK + ":" + quorumPort + ":" + electionPort);
    all.put("server.2", SECOND + ":2888:3888:observer");
    all.put("standaloneEnabled", "false");
    all.put("dataDir", directory.toString());
    all.put("clientPort", "0");
    all.put("admin.enableServer", "false");
    all.put("preAllocSize", "64");
    all.put("initLimit", "10");
    all.put("syncLimit", "5");
    all.put("fips-mode", "false");
    all.put("java.security.auth.login.config", directory.resolve("jaas.conf").toString());
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    open.add(PaddockServer.start(ZooCfg.of(all, Map.of()), () -> {}));
  }

  private void lead(String... settings) throws Exception {
    start(settings);
    log.await("This server is LEADING");
  }

  private void leadWithLogins() throws Exception {
    lead(ENABLE, "true", LEARNER, "true", SERVER, "true");
  }

  private Socket dial(int port, String from) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.bind(new InetSocketAddress(from, 0));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    socket.connect(new InetSocketAddress(LOOPBACK, port));
    return socket;
  }

  /** What comes before a login. */
  private byte[] before(int port) {
    JuteWriter out = new JuteWriter(128);
    if (port == electionPort) {
      new ElectionHandshake(40, List.of(new ElectionHandshake.Address(LOOPBACK, 1))).write(out);
    }
    return out.toByteArray();
  }

  /** What comes behind one, and is answered: a question in the oldest form; an observer. */
  private byte[] behind(int port) {
    JuteWriter out = new JuteWriter(128);
    if (port == electionPort) {
      out.writeInt(28);
      out.writeInt(0);
      out.writeLong(40);
      out.writeLong(0);
      out.writeLong(1);
    } else {
      QuorumPacketCodec.write(
          new QuorumPacket.ObserverInfo(0, new LearnerInfo(2, 0x10000, 0)), out);
    }
    return out.toByteArray();
  }

  private static void send(Socket socket, byte[]... parts) throws IOException {
    for (byte[] part : parts) {
      socket.getOutputStream().write(part);
    }
  }

  /** Whether what follows a login is answered; an end in whatever way is none. */
  private boolean answers(Socket socket, int port) throws IOException {
    try {
      send(socket, behind(port));
      return socket.getInputStream().read() >= 0;
    } catch (SocketException e) {
      return false;
    }
  }

  private record Packet(int status, byte[] token) {}

  private static void send(Socket socket, int status, byte[] token) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    JuteWriter packet = new JuteWriter();
    packet.writeLong(0x5f2435013501edccL);
    packet.writeInt(status);
    packet.writeBuffer(token);
    out.write(packet.toByteArray());
  }

  private static Packet receive(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    assertThat(in.readLong()).isEqualTo(0x5f2435013501edccL);
    int status = in.readInt();
    int length = in.readInt();
    return new Packet(status, length < 0 ? null : in.readNBytes(length));
  }

  private static SaslClient client(String user, String password, String authorization)
      throws Exception {
    return Sasl.createSaslClient(
        new String[] {"DIGEST-MD5"},
        authorization,
        "zookeeper-quorum",
        "zk-quorum-sasl-md5",
        Map.of(),
        callbacks -> {
          for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
              name.setName(user);
            } else if (callback instanceof PasswordCallback secret) {
              secret.setPassword(password.toCharArray());
            } else if (callback instanceof RealmCallback realm) {
              realm.setText(realm.getDefaultText());
            }
          }
        });
  }

  /** Logs in as Apache's learner does; the status that it ends with. */
  private int logIn(Socket socket, int port, SaslClient client) throws Exception {
    send(socket, before(port));
    send(socket, 0, new byte[0]);
    Packet challenge = receive(socket);
    assertThat(challenge.status()).isZero();
    send(socket, 0, client.evaluateChallenge(challenge.token()));
    Packet end = receive(socket);
    if (end.status() == 1) {
      assertThat(client.evaluateChallenge(end.token())).isNull();
      assertThat(client.isComplete()).isTrue();
    }
    return end.status();
  }

  private int[] ports() {
    return new int[] {electionPort, quorumPort};
  }

  @Test
  void whoProvesToKnowThePasswordIsLetInAtBothPorts() throws Exception {
    leadWithLogins();
    assertThat(log.await("SASL between servers")).contains("DIGEST-MD5", "turned away", "as zk");
    for (int port : ports()) {
      Socket socket = dial(port, SECOND);
      assertThat(logIn(socket, port, client("zk", "s3cret", "zk"))).isEqualTo(1);
      assertThat(answers(socket, port)).isTrue();
    }
    assertThat(log.count("said once an hour")).isZero();
  }

  /** The bytes of the sheet, seen between servers of Apache's. */
  @Test
  void aLoginBeginsAndFailsByTheBytesOfApaches() throws Exception {
    leadWithLogins();
    for (int port : ports()) {
      Socket socket = dial(port, SECOND);
      send(socket, before(port), HEX.parseHex(MAGIC + "0000000000000000"));
      byte[] head = socket.getInputStream().readNBytes(16);
      assertThat(HEX.formatHex(head, 0, 12)).isEqualTo(MAGIC + "00000000");
      byte[] challenge = socket.getInputStream().readNBytes(head[15]);
      assertThat(new String(challenge, ISO_8859_1))
          .startsWith("realm=\"zk-quorum-sasl-md5\",nonce=\"")
          .endsWith("\",charset=utf-8,algorithm=md5-sess");
      send(socket, HEX.parseHex(MAGIC + "00000000" + "00000003" + "616161"));
      assertThat(HEX.formatHex(socket.getInputStream().readAllBytes()))
          .isEqualTo(MAGIC + "ffffffff" + "00000000");
    }
  }

  @Test
  void whoDoesNotLogInWhereItMustIsTurnedAwayAndToldOnceByItsServerLine() throws Exception {
    leadWithLogins();
    for (int i = 0; i < 3; i++) {
      for (int port : ports()) {
        Socket socket = dial(port, SECOND);
        send(socket, before(port));
        assertThat(answers(socket, port)).isFalse();
      }
    }
    for (String port : List.of("election port", "quorum port")) {
      assertThat(log.await("server.2 (" + SECOND + ") does not log in to the " + port))
          .contains(ENABLE + "=true", LEARNER + "=true there", SERVER + "=false here");
    }
    Socket nudge = dial(electionPort, "127.0.0.3");
    send(nudge, before(electionPort));
    nudge.close();
    log.await("127.0.0.3 does not log in to the election port");
    Socket http = dial(quorumPort, LOOPBACK);
    send(http, "GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
    assertThat(http.getInputStream().read()).isEqualTo(-1);
    log.await(LOOPBACK + " sends to the quorum port, where servers log in first: HTTP");
    dial(quorumPort, "127.0.0.4").close();
    assertThat(log.count("said once an hour")).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "zk, wrong, zk, the password of user zk is wrong",
    "root, s3cret, root, there is no user root",
    "zk, s3cret, root, it has proven to be zk and wants to act for root"
  })
  void whoseLoginFailsIsTurnedAwayAndToldWithTheCause(
      String user, String password, String authorization, String cause) throws Exception {
    leadWithLogins();
    for (int port : ports()) {
      Socket socket = dial(port, SECOND);
      assertThat(logIn(socket, port, client(user, password, authorization))).isEqualTo(-1);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      String name = port == electionPort ? "election port" : "quorum port";
      assertThat(log.await("The login of server.2 (" + SECOND + ") at the " + name + " has failed"))
          .contains(cause)
          .doesNotContain("s3cret");
    }
  }

  @Test
  void whereLoginsAreOnlyTakenNobodyIsTurnedAwayForOne() throws Exception {
    lead(ENABLE, "true", LEARNER, "true", "quorumCnxnTimeoutMs", "2000");
    for (int port : ports()) {
      Socket none = dial(port, LOOPBACK);
      send(none, before(port));
      assertThat(answers(none, port)).isTrue();
      Socket right = dial(port, LOOPBACK);
      assertThat(logIn(right, port, client("zk", "s3cret", "zk"))).isEqualTo(1);
      assertThat(answers(right, port)).isTrue();
      Socket wrong = dial(port, SECOND);
      assertThat(logIn(wrong, port, client("zk", "wrong", "zk"))).isEqualTo(-1);
      assertThat(answers(wrong, port)).isTrue();
    }
    assertThat(log.await("The login of server.2 (" + SECOND + ") at the quorum port has failed"))
        .contains("not turned away", SERVER + " is false");
  }

  /**
   * The leader calls back where the handshake says: a peer with a smaller id has no more to say.
   */
  @Test
  void whoOnlyCallsToBeCalledBackIsWhetherItLogsInOrNot() throws Exception {
    Files.writeString(directory.resolve("myid"), "9\n");
    CompletableFuture<Boolean> called = new CompletableFuture<>();
    int elsewhere =
        fake(
            caller -> {
              caller.getInputStream().readNBytes(16);
              called.complete(true);
            });
    lead(
        "server.1",
        LOOPBACK + ":1:" + LowPorts.free() + ":observer",
        "server.9",
        LOOPBACK + ":" + quorumPort + ":" + electionPort,
        ENABLE,
        "true");
    Socket nudge = dial(electionPort, LOOPBACK);
    JuteWriter out = new JuteWriter(128);
    new ElectionHandshake(1, List.of(new ElectionHandshake.Address(LOOPBACK, elsewhere)))
        .write(out);
    send(nudge, out.toByteArray());
    nudge.close();
    assertThat(called.get(PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
  }

  @Test
  void whoLogsInWhereNoLoginIsTakenIsToldWithTheRemedy() throws Exception {
    lead();
    for (int port : ports()) {
      Socket socket = dial(port, SECOND);
      send(socket, before(port));
      send(socket, 0, new byte[0]);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    for (String port : List.of("election port", "quorum port")) {
      assertThat(log.await("server.2 (" + SECOND + ") logs in by SASL to the " + port))
          .contains(ENABLE + "=true here", LEARNER + "=false there");
    }
  }

  @Test
  void halfAndEndlessLoginsAreBoundedInNumberSizeAndTimeAndInNobodysWay() throws Exception {
    lead(ENABLE, "true", LEARNER, "true", SERVER, "true", "tickTime", "400");
    List<Socket> half = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      for (int port : ports()) {
        Socket socket = dial(port, LOOPBACK);
        half.add(socket);
        send(socket, before(port));
        send(socket, i % 2 == 0 ? HEX.parseHex(MAGIC + "00") : HEX.parseHex("5f"));
      }
    }
    for (String tooMuch : List.of("0000000000010001", "00000000fffffffe", "0000000200000000")) {
      Socket socket = dial(quorumPort, SECOND);
      send(socket, HEX.parseHex(MAGIC + tooMuch));
      assertThat(HEX.formatHex(socket.getInputStream().readAllBytes()))
          .isEqualTo(MAGIC + "ffffffff" + "00000000");
    }
    for (int port : ports()) {
      Socket socket = dial(port, SECOND);
      assertThat(logIn(socket, port, client("zk", "s3cret", "zk"))).isEqualTo(1);
      assertThat(answers(socket, port)).isTrue();
    }
    for (Socket socket : half) {
      try {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      } catch (SocketException e) {
        continue; // a reset is an end
      }
    }
    assertThat(log.count("failed unexpectedly")).isZero();
  }

  /** What a fake peer does with who calls. */
  private interface Talk {
    void with(Socket socket) throws Exception;
  }

  private int fake(Talk talk) throws IOException {
    ServerSocket listening = new ServerSocket(0, 50, InetAddress.getByName(LOOPBACK));
    open.add(listening);
    Thread thread =
        new Thread(
            () -> {
              while (!listening.isClosed()) {
                try (Socket caller = listening.accept()) {
                  talk.with(caller);
                } catch (Exception e) {
                  continue; // closed by the caller, or for good
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    return listening.getLocalPort();
  }

  private static void handshake(Socket socket) throws IOException {
    byte[] head = socket.getInputStream().readNBytes(20);
    socket.getInputStream().readNBytes(head[19]);
  }

  @Test
  void whyAPeerDoesNotLetThisServerInIsToldWithTheRemedy() throws Exception {
    int hangsUp = fake(PeerSaslTest::handshake);
    int refuses =
        fake(
            caller -> {
              handshake(caller);
              receive(caller);
              send(caller, -1, new byte[0]);
              caller.getInputStream().readAllBytes();
            });
    int impostor =
        fake(
            caller -> {
              handshake(caller);
              receive(caller);
              send(caller, 1, new byte[0]);
              caller.getInputStream().readAllBytes();
            });
    int silent = fake(caller -> caller.getInputStream().readAllBytes());
    int http = fake(caller -> caller.getOutputStream().write("HTTP/1.1 400\r\n".getBytes()));
    Map<Integer, Integer> ports = Map.of(3, hangsUp, 4, refuses, 5, impostor, 6, silent, 7, http);
    List<String> settings = new ArrayList<>(List.of(ENABLE, "true", LEARNER, "true"));
    ports.forEach(
        (sid, port) -> {
          settings.add("server." + sid);
          settings.add(LOOPBACK + ":1:" + port);
        });
    settings.addAll(List.of("quorumCnxnTimeoutMs", "1000"));
    settings.addAll(List.of("fastleader.maxNotificationInterval", "2000"));
    start(settings.toArray(String[]::new));
    String cannot = "Cannot open channel to ";
    assertThat(log.await(cannot + 3)).contains("it takes no logins", ENABLE + "=true there");
    assertThat(log.await(cannot + 4)).contains("it refuses this server; its log says why");
    assertThat(log.await(cannot + 5)).contains("login failed");
    assertThat(log.await(cannot + 6)).contains("does not come to its end within 1000 ms");
    assertThat(log.await(cannot + 7)).contains("what it answers is none");
    for (int sid : ports.keySet()) {
      assertThat(log.all(cannot + sid)).as("lines on server %s", sid).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QuorumServer {}; | has nothing in its section QuorumServer",
        "QuorumServer { a.DigestLoginModule required; }; | has no section QuorumLearner, it has"
            + " QuorumServer",
        "QuorumLearner { a.DigestLoginModule required username=\"a\" password=\"s3cret\"; }; | has no"
            + " section QuorumServer, it has QuorumLearner",
        "QuorumServer { a.DigestLoginModule required user_a=\"s3cret\"; }; QuorumLearner {"
            + " a.DigestLoginModule required username=\"a\"; }; | password=",
        "QuorumServer { a.DigestLoginModule required; }; QuorumLearner { a.DigestLoginModule"
            + " required username=\"a\" password=\"s3cret\"; }; | add user_NAME",
        "QuorumServer { a.DigestLoginModule required user_a=\"s3cret; }; | is no login"
            + " configuration",
        "QuorumServer { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true"
            + " storeKey=true keyTab=\"/none/such\" principal=\"zk/a@B\"; }; QuorumLearner {"
            + " a.DigestLoginModule required; }; | there is no keytab /none/such"
      })
  void whatCannotWorkRefusesTheStartInOneLine(String row) throws Exception {
    String[] parts = row.split(" \\| ");
    Files.writeString(directory.resolve("jaas.conf"), parts[0]);
    assertThatThrownBy(() -> start(ENABLE, "true", LEARNER, "true", SERVER, "true"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(parts[1])
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void passwordsInFipsModeRefuseTheStartWhereTheyAreNeededAndAreWarnedOfBefore() throws Exception {
    assertThatThrownBy(() -> start(ENABLE, "true", LEARNER, "true", "fips-mode", "true"))
        .isInstanceOf(StartException.class)
        .hasMessageContainingAll("DIGEST-MD5", "FIPS", "fips-mode=false on every server");
    lead(ENABLE, "true", "fips-mode", "true");
    assertThat(log.await("SASL between servers cannot work yet")).contains("fips-mode=false");
  }
}
