package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.ElectionHandshake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a member that looks for a leader reaches its peers, and takes its own port. */
@Timeout(240)
class ElectionPortTest {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int PATIENCE_MS = 60_000;

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private LogLines log;
  private int ownPort;
  private int peerPort;

  @BeforeEach
  void ports() throws IOException {
    log = new LogLines();
    ownPort = LowPorts.free();
    peerPort = LowPorts.free();
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    log.close();
  }

  /**
   * Server 2, whose next word to server 1 that nobody asks for comes after a quarter of an hour.
   */
  private void start(String... settings) throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("server.1", LOOPBACK + ":1:" + peerPort);
    all.put("server.2", LOOPBACK + ":" + LowPorts.free() + ":" + ownPort);
    all.put("dataDir", directory.toString());
    all.put("clientPort", "0");
    all.put("clientPortAddress", LOOPBACK);
    all.put("admin.enableServer", "false");
    all.put("preAllocSize", "64");
    all.put("initLimit", "10");
    all.put("syncLimit", "5");
    all.put("fastleader.minNotificationInterval", "900000");
    all.put("fastleader.maxNotificationInterval", "900000");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    Files.writeString(directory.resolve("myid"), "2\n");
    open.add(PaddockServer.start(ZooCfg.of(all, Map.of()), () -> {}));
  }

  private ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    open.add(socket);
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(LOOPBACK, port));
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  /** Who calls there, by the handshake. */
  private static long caller(ServerSocket listening) throws IOException {
    try (Socket socket = listening.accept()) {
      socket.setSoTimeout(PATIENCE_MS);
      return ByteBuffer.wrap(socket.getInputStream().readNBytes(16)).getLong(8);
    }
  }

  @Test
  void aPeerThatComesUpIsReachedSoonAndNotOnlyWithTheNextNotification() throws Exception {
    start();
    log.await("Cannot open channel to 1 at election address", "refused");
    assertThat(caller(listen(peerPort))).isEqualTo(2);
  }

  @Test
  void aPeerThatCallsFromElsewhereIsCalledBackThereAlthoughItsOldAddressIsStillDialled()
      throws Exception {
    try (ServerSocket deaf = new ServerSocket()) {
      // Its queue is full: who dials it waits, as for a machine that is gone.
      deaf.bind(new InetSocketAddress(LOOPBACK, peerPort), 1);
      assumeTrue(isFull(), "a full accept queue drops what comes, on Linux");
      start("cnxTimeout", "600000");
      ServerSocket elsewhere = listen(LowPorts.free());
      JuteWriter handshake = new JuteWriter(128);
      new ElectionHandshake(
              1, List.of(new ElectionHandshake.Address(LOOPBACK, elsewhere.getLocalPort())))
          .write(handshake);
      try (Socket call = new Socket(LOOPBACK, ownPort)) {
        call.getOutputStream().write(handshake.toByteArray());
        assertThat(caller(elsewhere)).isEqualTo(2);
      }
    }
  }

  private boolean isFull() throws IOException {
    for (int i = 0; i < 10; i++) {
      Socket socket = new Socket();
      open.add(socket);
      try {
        socket.connect(new InetSocketAddress(LOOPBACK, peerPort), 300);
      } catch (SocketTimeoutException e) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aCallerThatSaysNothingIsSentAwayAsSoonAsTheSettingSays() throws Exception {
    start("quorumCnxnTimeoutMs", "200", "tickTime", "60000");
    try (Socket silent = new Socket(LOOPBACK, ownPort)) {
      // The default is five ticks, here five minutes.
      silent.setSoTimeout(PATIENCE_MS);
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void anElectionPortThatIsHeldForAMomentIsTakenWhenItIsLetGo() throws Exception {
    ServerSocket predecessor = listen(ownPort);
    Thread ending =
        new Thread(
            () -> {
              log.await("The election port", "the port is in use", "electionPortBindRetry=100");
              try {
                predecessor.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    ending.start();
    start("electionPortBindRetry", "100");
    ending.join();
    new Socket(LOOPBACK, ownPort).close();
  }

  @Test
  void anOwnNameThatNobodyKnowsIsTriedAsOftenAsTheSettingSaysAndThenToldByCause() {
    assertThatThrownBy(
            () ->
                start(
                    "server.2", "no-such-host.invalid:1:" + ownPort, "electionPortBindRetry", "2"))
        .isInstanceOfSatisfying(
            StartException.class,
            e -> assertThat(e.exitCode()).isEqualTo(ConfigException.EXIT_QUORUM_PORT))
        .hasMessageContaining("no-such-host.invalid:" + ownPort)
        .hasMessageContaining("no such host")
        .hasMessageNotContaining("null");
    log.await("The election port", "no such host", "1 times more (electionPortBindRetry=2");
  }

  @Test
  void withoutALimitTheServerRunsOnWhileItsOwnNameIsUnknown() throws Exception {
    start("server.2", "no-such-host.invalid:1:" + ownPort, "electionPortBindRetry", "0");
    log.await("The election port", "no such host", "tried again every second");
    log.await("Serving clients on");
  }
}
