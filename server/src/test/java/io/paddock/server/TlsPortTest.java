package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.metrics.EventCounter;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.TestCertificates;
import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import io.paddock.wire.JuteWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that speak TLS, and those that should. */
@Timeout(120)
class TlsPortTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA,O=Paddock");
  private static final TestCertificates SERVER =
      CA.sign("CN=server,O=Paddock", "localhost", "127.0.0.1");
  private static final TestCertificates ALICE = CA.sign("CN=alice,O=Paddock,C=FI");
  private static final TestCertificates BOB = CA.sign("CN=bob,O=Paddock,C=FI");

  @TempDir Path directory;

  @BeforeEach
  void makeStores() throws Exception {
    SERVER.store(directory.resolve("server.p12"), "PKCS12", "secret");
    Files.writeString(directory.resolve("ca.pem"), CA.certificatePem());
  }

  private PaddockServer start(String... settings) throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", directory.resolve("data").toString());
    all.put("secureClientPort", "0");
    all.put("secureClientPortAddress", "127.0.0.1");
    all.put("ssl.keyStore.location", directory.resolve("server.p12").toString());
    all.put("ssl.keyStore.password", "secret");
    all.put("ssl.trustStore.location", directory.resolve("ca.pem").toString());
    all.put("admin.enableServer", "false");
    all.put("4lw.commands.whitelist", "*");
    all.put("preAllocSize", "64");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return PaddockServer.start(ZooCfg.of(all, Map.of()), () -> {});
  }

  /** A socket whose handshake is done. */
  private static SSLSocket connect(int port, TestCertificates own, String... protocols)
      throws Exception {
    SSLSocket socket =
        (SSLSocket)
            CA.context(own).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    socket.startHandshake();
    return socket;
  }

  private static String ask(Socket socket, String word) throws IOException {
    socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** The answer to a word, or nothing when the connection ends; its reset counts as its end. */
  private static String plain(int port, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(bytes);
      try {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } catch (SocketException e) {
        return "";
      }
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(2_000_000);
    }
    assertThat(condition.getAsBoolean()).as(what).isTrue();
  }

  private static long count(PaddockServer server, EventCounter counter) {
    return server.status().metrics().value(counter);
  }

  @Test
  void aServerWithTlsAloneServesSessionsAndFourLetterWords() throws Exception {
    try (PaddockServer server = start()) {
      assertThat(server.clientPort()).isEqualTo(-1);
      for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
        try (PlainClient client =
            new PlainClient(connect(server.secureClientPort(), ALICE, protocol))) {
          assertThat(client.create("/" + protocol)).isZero();
          // Far more than a record, both ways.
          assertThat(client.create("/" + protocol + "/big", new byte[300_000])).isZero();
          assertThat(client.getData("/" + protocol + "/big")).hasSize(300_000);
          try (SSLSocket socket = connect(server.secureClientPort(), BOB)) {
            assertThat(ask(socket, "cons"))
                .contains("sid=0x" + Long.toHexString(client.sessionId()));
          }
        }
      }
      try (SSLSocket socket = connect(server.secureClientPort(), BOB)) {
        assertThat(ask(socket, "conf"))
            .contains("clientPort=-1\n", "secureClientPort=" + server.secureClientPort() + "\n");
      }
      try (SSLSocket socket = connect(server.secureClientPort(), BOB)) {
        assertThat(ask(socket, "mntr")).containsPattern("zk_tls_certificate_days_left\t[1-9]");
      }
      assertThat(count(server, EventCounter.NON_MTLS_LOCAL_CONN_COUNT)).isZero();
      assertThat(count(server, EventCounter.UNSUCCESSFUL_HANDSHAKE)).isZero();
      assertThat(count(server, EventCounter.AUTH_FAILED_COUNT)).isZero();
      await("nothing is under way", () -> server.status().metrics().handshakes() == 0);
    }
  }

  /** Row 2 of the security sheet, section 12: ZooKeeper's own server ends with this one. */
  @Test
  void aFactoryThatSpeaksNoTlsAtApachesServerIsNoHindrance() throws Exception {
    try (PaddockServer server =
            start("serverCnxnFactory", "org.apache.zookeeper.server.NIOServerCnxnFactory");
        SSLSocket socket = connect(server.secureClientPort(), BOB)) {
      assertThat(ask(socket, "ruok")).isEqualTo("imok");
    }
  }

  @Test
  void theAnswerEndsWithTlssOwnGoodbye() throws Exception {
    try (PaddockServer server = start();
        SSLSocket socket = connect(server.secureClientPort(), ALICE)) {
      // The JDK's socket throws when a connection ends without it.
      assertThat(ask(socket, "ruok")).isEqualTo("imok");
    }
  }

  @Test
  void aCertificateIsAnIdentityForListsAndThatOfOneWhoMayDoEverything() throws Exception {
    List<Acl> alices = List.of(new Acl(31, new Id("x509", "CN=alice,O=Paddock,C=FI")));
    try (PaddockServer server =
        start("X509AuthenticationProvider.superUser", "CN=root,O=Paddock")) {
      TestCertificates root = CA.sign("CN=root,O=Paddock");
      int port = server.secureClientPort();
      try (PlainClient alice = new PlainClient(connect(port, ALICE));
          PlainClient bob = new PlainClient(connect(port, BOB));
          PlainClient super1 = new PlainClient(connect(port, root))) {
        assertThat(alice.create("/hers", new byte[0], alices)).isZero();
        assertThat(alice.create("/hers/a")).isZero();
        assertThat(bob.create("/hers/b")).isEqualTo(-102);
        assertThat(super1.create("/hers/c")).isZero();
        // The list "auth" means the certificate's subject.
        assertThat(bob.create("/his", new byte[0], List.of(new Acl(31, new Id("auth", "")))))
            .isZero();
        assertThat(alice.create("/his/a")).isEqualTo(-102);
        assertThat(alice.create("/x", new byte[0], List.of(new Acl(31, new Id("x509", "no name")))))
            .isEqualTo(-114);
        assertThat(alice.auth("x509", new byte[0])).isZero();
      }
    }
  }

  @Test
  void whoeverShowsNoCertificateIsNobodyInParticular() throws Exception {
    try (PaddockServer server = start("ssl.clientAuth", "want");
        PlainClient nobody = new PlainClient(connect(server.secureClientPort(), null))) {
      assertThat(nobody.create("/any")).isZero();
      assertThat(nobody.create("/a", new byte[0], List.of(new Acl(31, new Id("auth", "")))))
          .isEqualTo(-114);
      assertThat(nobody.auth("x509", new byte[0])).isEqualTo(-115);
    }
  }

  @Test
  void withoutClientAuthNobodyHasAnIdentity() throws Exception {
    try (PaddockServer server = start("ssl.clientAuth", "none");
        PlainClient alice = new PlainClient(connect(server.secureClientPort(), ALICE))) {
      assertThat(alice.create("/a", new byte[0], List.of(new Acl(31, new Id("auth", "")))))
          .isEqualTo(-114);
    }
  }

  @Test
  void aClientWithoutACertificateOrWithAStrangeOneIsToldOfInWordsOnce() throws Exception {
    try (LogLines log = new LogLines();
        PaddockServer server = start("ssl.enabledProtocols", "TLSv1.2")) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> connect(server.secureClientPort(), null))
            .isInstanceOfAny(SSLException.class, SocketException.class);
      }
      await("all are counted", () -> count(server, EventCounter.UNSUCCESSFUL_HANDSHAKE) == 3);
      assertThat(count(server, EventCounter.AUTH_FAILED_COUNT)).isEqualTo(3);
      log.await("/127.0.0.1:", "the client sent no certificate", "ssl.clientAuth=want");
      assertThat(log.count("the client sent no certificate")).isEqualTo(1);
      assertThatThrownBy(() -> connect(server.secureClientPort(), ALICE, "TLSv1.3"))
          .isInstanceOf(SSLException.class);
      log.await("no version of TLS that both speak", "ssl.enabledProtocols");
    }
  }

  @Test
  void plainTextAtThePortForTlsIsNamedAndClosed() throws Exception {
    try (LogLines log = new LogLines();
        PaddockServer server = start()) {
      int port = server.secureClientPort();
      assertThat(plain(port, "ruok".getBytes(StandardCharsets.US_ASCII))).isEmpty();
      log.await("the four-letter word ruok in plain text", "takes TLS only");
      assertThat(plain(port, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
          .isEmpty();
      log.await("sent HTTP to secureClientPort");
      assertThatThrownBy(() -> new PlainClient(port).close()).isInstanceOf(IOException.class);
      log.await("sent ZooKeeper's protocol in plain text", "zookeeper.client.secure=true");
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.isConnected()).isTrue();
      }
      await(
          "who only connected, as a probe does, is counted, too",
          () -> count(server, EventCounter.UNSUCCESSFUL_HANDSHAKE) == 4);
      await("nothing is under way", () -> server.status().metrics().handshakes() == 0);
      assertThat(log.count("said once an hour")).isEqualTo(3);
    }
  }

  @Test
  void tlsAtThePlainPortIsNamedWithTheOtherPort() throws Exception {
    try (LogLines log = new LogLines();
        PaddockServer server = start("clientPort", "0", "clientPortAddress", "127.0.0.1")) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> connect(server.clientPort(), ALICE))
            .isInstanceOfAny(SSLException.class, SocketException.class);
      }
      log.await("speaks TLS to the plain client port", "secureClientPort");
      assertThat(log.count("speaks TLS")).isEqualTo(1);
      try (PlainClient plain = new PlainClient(server.clientPort());
          PlainClient secure = new PlainClient(connect(server.secureClientPort(), ALICE))) {
        assertThat(plain.create("/plain")).isZero();
        assertThat(secure.create("/plain/secure")).isZero();
        assertThat(plain.auth("x509", new byte[0])).isEqualTo(-115);
      }
    }
  }

  @Test
  void aUnifiedPortTakesBoth() throws Exception {
    try (PaddockServer server =
        start(
            "clientPort",
            "0",
            "clientPortAddress",
            "127.0.0.1",
            "client.portUnification",
            "true")) {
      int port = server.clientPort();
      assertThat(plain(port, "ruok".getBytes(StandardCharsets.US_ASCII))).isEqualTo("imok");
      try (PlainClient plain = new PlainClient(port);
          PlainClient secure = new PlainClient(connect(port, ALICE));
          SSLSocket socket = connect(port, BOB)) {
        assertThat(plain.create("/plain", new byte[100_000])).isZero();
        assertThat(secure.create("/plain/secure", new byte[100_000])).isZero();
        assertThat(ask(socket, "ruok")).isEqualTo("imok");
      }
      // As Apache counts: every connection of such a port.
      assertThat(count(server, EventCounter.NON_MTLS_LOCAL_CONN_COUNT)).isEqualTo(4);
      try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), port)) {
        // One byte of a hello: it may become TLS, so it is waited for.
        slow.getOutputStream().write(0x16);
        await("it waits", () -> server.status().metrics().handshakes() == 1);
        for (byte b : "uok!".getBytes(StandardCharsets.US_ASCII)) {
          slow.getOutputStream().write(b);
        }
        // It was none: a frame of a strange length.
        assertThat(slow.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void aBadStoreRefusesTheStartInOneLine() {
    assertThatThrownBy(() -> start("ssl.keyStore.password", "wrong"))
        .isInstanceOf(StartException.class)
        .hasMessageContainingAll("ssl.keyStore.location", "server.p12", "does not open")
        .hasMessageNotContaining("\n")
        .extracting(e -> ((StartException) e).exitCode())
        .isEqualTo(2);
  }

  @Test
  void aPortForTlsThatIsTakenIsNamed() throws Exception {
    try (PaddockServer server = start()) {
      assertThatThrownBy(
              () ->
                  start(
                      "dataDir",
                      directory.resolve("other").toString(),
                      "secureClientPort",
                      Integer.toString(server.secureClientPort()),
                      "electionPortBindRetry",
                      "1"))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("secureClientPort " + server.secureClientPort() + " is in use");
    }
  }

  @Test
  void handshakesThatAreLeftHalfDoneStopNobodyElse() throws Exception {
    int many = 600;
    try (PaddockServer server = start("maxClientCnxns", "0")) {
      byte[] hello = {0x16, 3, 1, 1, 0, 1, 0, 0, (byte) 0xfc, 3, 3};
      List<Socket> idle = new ArrayList<>();
      try {
        for (int i = 0; i < many; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.secureClientPort());
          socket.getOutputStream().write(hello, 0, i % hello.length);
          idle.add(socket);
        }
        await(
            "they are at the door or gone",
            () ->
                server.status().metrics().handshakes()
                        + count(server, EventCounter.TLS_HANDSHAKE_EXCEEDED)
                    >= many);
        try (PlainClient client = new PlainClient(connect(server.secureClientPort(), ALICE))) {
          assertThat(client.create("/served")).isZero();
        }
      } finally {
        for (Socket socket : idle) {
          socket.close();
        }
      }
      await("all are gone", () -> server.status().metrics().handshakes() == 0);
    }
  }

  /** A client could have the server make handshakes without end, at a fraction of its price. */
  @Test
  void aClientThatWantsToShakeHandsAgainIsCutOff() throws Exception {
    try (PaddockServer server = start();
        PlainClient other = new PlainClient(connect(server.secureClientPort(), BOB))) {
      try (SSLSocket eve = connect(server.secureClientPort(), ALICE, "TLSv1.2")) {
        eve.setSoTimeout(60_000);
        assertThatThrownBy(
                () -> {
                  eve.startHandshake();
                  for (int i = 0; i < 100; i++) {
                    eve.getOutputStream().write("ruok".getBytes(StandardCharsets.US_ASCII));
                    if (eve.getInputStream().read() < 0) {
                      throw new SSLException("it has ended");
                    }
                    eve.startHandshake();
                  }
                })
            .isInstanceOf(IOException.class);
        assertThat(server.status().metrics().handshakes()).isZero();
      }
      assertThat(other.create("/served")).isZero();
    }
  }

  private String status(Path zooCfg, int exit) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    assertThat(new ConfigAnswers(out, out).answer("status", zooCfg.toString())).isEqualTo(exit);
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theStatusOfAServerWithTlsAloneIsAskedByItsOwnStores() throws Exception {
    try (PaddockServer server = start()) {
      Path zooCfg = directory.resolve("zoo.cfg");
      String text =
          "dataDir="
              + directory.resolve("data")
              + "\nsecureClientPort=2281\nssl.keyStore.location="
              + directory.resolve("server.p12")
              + "\nssl.keyStore.password=secret\n"
              + "ssl.trustStore.location="
              + directory.resolve("ca.pem")
              + "\n";
      Files.writeString(zooCfg, text);
      assertThat(status(zooCfg, 0))
          .isEqualTo(
              "Client port not found. Looking for secureClientPort in the static config.\n"
                  + "Client port found: "
                  + server.secureClientPort()
                  + ". Client address: 127.0.0.1. Client SSL: true.\n"
                  + "Mode: standalone\n");
      // Another certificate than the one that the server shows: somebody else may have the port.
      CA.sign("CN=other").store(directory.resolve("other.p12"), "PKCS12", "secret");
      Files.writeString(zooCfg, text.replace("server.p12", "other.p12"));
      assertThat(status(zooCfg, 1)).contains("CN=server,O=Paddock", "It is probably not running.");
    }
  }

  @Test
  void anOperatorsLimitOfHandshakesTurnsNewcomersAway() throws Exception {
    try (PaddockServer server = start("netty.server.outstandingHandshake.limit", "1")) {
      try (Socket first = new Socket(InetAddress.getLoopbackAddress(), server.secureClientPort())) {
        await("one is under way", () -> server.status().metrics().handshakes() == 1);
        try (Socket second =
            new Socket(InetAddress.getLoopbackAddress(), server.secureClientPort())) {
          assertThat(second.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(count(server, EventCounter.TLS_HANDSHAKE_EXCEEDED)).isEqualTo(1);
        assertThat(first.isConnected()).isTrue();
      }
      await("none is", () -> server.status().metrics().handshakes() == 0);
      connect(server.secureClientPort(), ALICE).close();
    }
  }

  @Test
  void garbageBehindTheHandshakeEndsOneConnectionOnly() throws Exception {
    try (PaddockServer server = start();
        PlainClient other = new PlainClient(connect(server.secureClientPort(), ALICE));
        Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.secureClientPort())) {
      SSLSocket tls =
          (SSLSocket)
              CA.context(BOB)
                  .getSocketFactory()
                  .createSocket(raw, "localhost", raw.getPort(), false);
      tls.startHandshake();
      raw.getOutputStream()
          .write(
              new byte[] {
                0x17, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
                19, 20
              });
      InputStream in = raw.getInputStream();
      try {
        in.readAllBytes();
      } catch (SocketException e) {
        // Reset is an end too.
      }
      assertThat(other.create("/still")).isZero();
    }
  }

  @Test
  void aRecordThatComesInHalfIsCountedAsSuch() throws Exception {
    try (PaddockServer server = start();
        Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.secureClientPort())) {
      SSLSocket tls =
          (SSLSocket)
              CA.context(BOB)
                  .getSocketFactory()
                  .createSocket(raw, "localhost", raw.getPort(), false);
      tls.startHandshake();
      raw.getOutputStream().write(new byte[] {0x17, 3, 3, 0x20, 0, 1, 2, 3});
      await("it is held", () -> server.status().metrics().requestBytes() > 0);
      raw.close();
      await("it is let go", () -> server.status().metrics().requestBytes() == 0);
    }
  }

  @Test
  void anotherCertificateIsTakenWhileSessionsStay() throws Exception {
    try (LogLines log = new LogLines();
        PaddockServer server = start();
        PlainClient before = new PlainClient(connect(server.secureClientPort(), ALICE))) {
      CA.sign("CN=renewed", "localhost").store(directory.resolve("server.p12"), "PKCS12", "secret");
      log.await("New connections are served by the new stores", "CN=renewed, valid until 20");
      try (SSLSocket socket = connect(server.secureClientPort(), ALICE)) {
        assertThat(socket.getSession().getPeerPrincipal().getName()).isEqualTo("CN=renewed");
      }
      assertThat(before.create("/on")).isZero();
    }
  }

  /** Whoever reads nothing is cut, and the memory is given back at once. */
  @Test
  void aClientOfTlsThatReadsNothingIsCut() throws Exception {
    try (PaddockServer server = start("paddock.unsentBytesMax", "16777216");
        PlainClient client = new PlainClient(connect(server.secureClientPort(), ALICE))) {
      assertThat(client.create("/big", new byte[900_000])).isZero();
      SSLSocket socket = connect(server.secureClientPort(), BOB);
      PlainClient lazy = new PlainClient(socket);
      JuteWriter get = lazy.getDataRequest("/big");
      try {
        for (int i = 0; i < 2000; i++) {
          lazy.send(get);
        }
      } catch (SocketException e) {
        // It was cut while it asked.
      }
      await("it is cut or not read", () -> server.status().metrics().unsentBytes() <= 17_000_000);
      assertThat(client.create("/on")).isZero();
      lazy.close();
      await("nothing is held", () -> server.status().metrics().unsentBytes() == 0);
    }
  }
}
