package io.paddock.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paddock.config.ZooCfg;
import io.paddock.operators.FourLetterClient;
import io.paddock.peers.PeerGate;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.ElectionHandshake;
import io.paddock.zab.Notification;
import io.paddock.zab.NotificationCodec;
import io.paddock.zab.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member whose peers each have another of the classic faults; what it tells is read from its log.
 */
@Timeout(600)
class ElectionTroublesTest {
  private static final long OWN = 9;
  private static final String LOOPBACK = "127.0.0.1";

  @TempDir static Path directory;
  private static final ExecutorService FAKES = Executors.newCachedThreadPool();
  private static LogLines log;
  private static int refusedPort;
  private static ServerSocket http;
  private static ServerSocket tls;
  private static ServerSocket hangsUp;
  private static ServerSocket silent;
  private static ServerSocket lost;
  private static int ownPort;
  private static PaddockServer server;

  /** What a fake peer does with who calls. */
  private interface Talk {
    void with(Socket socket) throws IOException;
  }

  @BeforeAll
  static void start() throws Exception {
    log = new LogLines();
    http = fake(socket -> answer(socket, "HTTP/1.1 400 Bad Request\r\n\r\n"));
    tls = fake(socket -> answer(socket, "\u0015\u0003\u0003\u0000\u0002\u0002\u0028"));
    hangsUp = fake(Socket::close);
    silent = fake(socket -> socket.getInputStream().readAllBytes());
    lost = fake(Socket::close);
    refusedPort = LowPorts.free();
    ownPort = LowPorts.free();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("server.1", "no-such-host.invalid:" + line(LowPorts.free()));
    settings.put("server.2", LOOPBACK + ":" + line(refusedPort));
    settings.put("server.3", LOOPBACK + ":" + line(http.getLocalPort()));
    settings.put("server.4", LOOPBACK + ":" + line(tls.getLocalPort()));
    settings.put("server.5", LOOPBACK + ":" + line(hangsUp.getLocalPort()));
    settings.put("server.6", LOOPBACK + ":" + line(lost.getLocalPort()));
    settings.put("server.7", "127.0.0.7:" + line(LowPorts.free()));
    settings.put("server." + OWN, LOOPBACK + ":" + line(ownPort));
    settings.put("server.10", LOOPBACK + ":" + line(silent.getLocalPort()));
    settings.put("dataDir", directory.toString());
    settings.put("clientPort", "0");
    settings.put("clientPortAddress", LOOPBACK);
    settings.put("admin.enableServer", "false");
    settings.put("preAllocSize", "64");
    settings.put("tickTime", "2000");
    settings.put("initLimit", "10");
    settings.put("syncLimit", "5");
    settings.put("cnxTimeout", "300");
    settings.put("fastleader.maxNotificationInterval", "2000");
    Files.writeString(directory.resolve("myid"), OWN + "\n");
    PeerGate gate = new PeerGate();
    gate.block(lost.getLocalPort());
    server = PaddockServer.start(ZooCfg.of(settings, Map.of()), () -> {}, gate);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    for (ServerSocket fake : List.of(http, tls, hangsUp, silent, lost)) {
      fake.close();
    }
    FAKES.shutdownNow();
    log.close();
  }

  private static String line(int electionPort) {
    return (electionPort == 1 ? 2 : 1) + ":" + electionPort;
  }

  private static ServerSocket fake(Talk talk) throws IOException {
    ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName(LOOPBACK));
    FAKES.execute(
        () -> {
          while (!socket.isClosed()) {
            try (Socket caller = socket.accept()) {
              talk.with(caller);
            } catch (IOException e) {
              continue; // closed by the caller, or for good
            }
          }
        });
    return socket;
  }

  private static void answer(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.shutdownOutput();
    socket.getInputStream().readAllBytes();
  }

  private static String cannot(int sid) {
    return "Cannot open channel to " + sid + " at election address ";
  }

  /** Calls the server's election port from this address and waits until it hangs up. */
  private static void call(String from, byte[] bytes) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(new InetSocketAddress(LOOPBACK, ownPort));
      socket.getOutputStream().write(bytes);
      socket.setSoTimeout(60_000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (java.net.SocketException e) {
      assertThat(e).hasMessageContaining("reset"); // closed with bytes unread
    }
  }

  private static byte[] handshake(long sid) {
    JuteWriter out = new JuteWriter(128);
    new ElectionHandshake(sid, List.of(new ElectionHandshake.Address("0.0.0.0", 1))).write(out);
    return out.toByteArray();
  }

  /** On Linux every address of 127/8 is the machine's own. */
  private static void assumeLocal(String address) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(address, 0));
    } catch (IOException e) {
      assumeTrue(false, address + " cannot be used on this machine");
    }
  }

  @Test
  void aHostThatDoesNotExistIsNamed() {
    assertThat(log.await(cannot(1) + "no-such-host.invalid:")).contains("no such host", "DNS");
  }

  @Test
  void aPortWhereNobodyListensIsARefusal() {
    assertThat(log.await(cannot(2) + LOOPBACK + ":" + refusedPort))
        .contains("refused: the server is not started there");
  }

  @Test
  void anHttpServerIsTheWrongPort() {
    assertThat(log.await(cannot(3)))
        .contains("HTTP", "correct the second port of the line server.3");
  }

  @Test
  void aPeerThatSpeaksTlsIsToldFromTheOthers() {
    assertThat(log.await(cannot(4))).contains("TLS", "sslQuorum=false");
  }

  @Test
  void whoHangsUpHasAnotherIdOrIsAnotherPort() {
    assertThat(log.await(cannot(5))).contains("its file myid does not say 5", "doctor");
  }

  @Test
  void whoDoesNotAnswerIsBehindAFirewallOrDown() {
    assertThat(log.await(cannot(6))).contains("no answer", "firewall");
  }

  @Test
  void whoDoesNotCallBackCannotReachThisServer() {
    assertThat(log.await(cannot(10)))
        .contains("does not call back", "cannot reach " + LOOPBACK + ":" + ownPort);
  }

  @Test
  void anotherServerWithThisServersIdIsTold() throws IOException {
    call(LOOPBACK, handshake(OWN));
    assertThat(log.await("Two servers have the id 9")).contains("same file myid");
  }

  @Test
  void aServerWithoutALineIsTold() throws IOException {
    call(LOOPBACK, handshake(8));
    assertThat(log.await("says that it is server 8")).contains("no line server.8", "myid is wrong");
  }

  @Test
  void aServerOnTheMachineOfAnotherIsTold() throws IOException {
    assumeLocal("127.0.0.7");
    call("127.0.0.7", handshake(2));
    assertThat(log.await("The server at 127.0.0.7 says that it is server 2"))
        .contains("the machine of server 7", "correct the file myid there");
  }

  @Test
  void twoPeersWithOneIdAreTold() throws IOException {
    assumeLocal("127.0.0.21");
    call("127.0.0.21", handshake(5));
    call("127.0.0.22", handshake(5));
    call("127.0.0.21", handshake(5));
    assertThat(log.await("Two servers have the id 5")).contains("127.0.0.21", "127.0.0.22");
  }

  @Test
  void strangersAtTheElectionPortAreToldByWhatTheySpeak() throws IOException {
    String strange = "sends to the election port is no ZooKeeper election";
    call(LOOPBACK, "GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
    log.await(strange, "HTTP");
    call(LOOPBACK, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001".getBytes(ISO_8859_1));
    log.await(strange, "TLS");
    call(LOOPBACK, "srvr".getBytes(ISO_8859_1));
    log.await(strange, "four-letter word srvr", "client port");
    call(LOOPBACK, new byte[] {0, 0, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0});
    log.await(strange, "a client that wants a session");
    call(LOOPBACK, new byte[] {0, 0, 0, 11, 0, 0, 0, 1, 0, 0, 0, 0});
    log.await(strange, "quorum port and election port are swapped");
    call(LOOPBACK, new byte[] {-1, -1, -1, -1, -1, -1, 0, 7});
    log.await(strange, "election protocol version -65529", "upgrade");
  }

  @Test
  void whoComesBackIsTold() throws Exception {
    log.await(cannot(2));
    JuteWriter out = new JuteWriter(128);
    NotificationCodec.writeFrame(new Notification(Role.LOOKING, 2, 0, 1, 0, 2, "version=0"), out);
    try (ServerSocket back = new ServerSocket()) {
      back.setReuseAddress(true);
      back.bind(new InetSocketAddress(LOOPBACK, refusedPort));
      try (Socket caller = back.accept()) {
        caller.getOutputStream().write(out.toByteArray());
        log.await("The election channel to server.2 is open, after ", "(refused)");
      }
    }
  }

  @Test
  void whomItWaitsForIsSaidInWordsAndClientsAreToldSomethingUseful() throws Exception {
    for (String standing :
        List.of(
            "server.1 no such host",
            "server.3 wrong port",
            "server.5 hangs up",
            "server.6 no answer",
            "server.10 does not call back")) {
      log.await("No leader for ", standing, "more voters are needed");
    }
    assertThat(FourLetterClient.ask(LOOPBACK, server.clientPort(), "srvr", 60_000))
        .contains("This ZooKeeper instance is not currently serving requests");
    // Each was tried again and again by now. On a slow machine one may first not answer in time,
    // which is another cause and another line.
    for (int sid : new int[] {1, 3, 4, 5, 6, 10}) {
      assertThat(log.all(cannot(sid)))
          .as("lines on server %s", sid)
          .doesNotHaveDuplicates()
          .hasSizeBetween(1, 2);
    }
  }
}
