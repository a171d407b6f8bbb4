package io.paddock.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.operators.MetricsReport;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import io.paddock.testlib.TestCertificates;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.ElectionHandshake;
import io.paddock.zab.LearnerInfo;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Peers, strangers and others at the ports of a leader that takes TLS, and those that it dials. */
@Timeout(120)
class PeerTlsTest {
  private static final String LOOPBACK = "127.0.0.1";

  /** By its line the machine of server 2. */
  private static final String SECOND = "127.0.0.2";

  private static final int PATIENCE_MS = 60_000;
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA,O=Paddock");
  private static final TestCertificates OWN = CA.sign("CN=own", "localhost", LOOPBACK, SECOND);

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
    OWN.store(directory.resolve("own.p12"), "PKCS12", "secret");
    Files.writeString(directory.resolve("ca.pem"), CA.certificatePem());
    Files.writeString(directory.resolve("myid"), "1\n");
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    log.close();
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
    all.put("ssl.quorum.keyStore.location", directory.resolve("own.p12").toString());
    all.put("ssl.quorum.keyStore.password", "secret");
    all.put("ssl.quorum.trustStore.location", directory.resolve("ca.pem").toString());
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    open.add(PaddockServer.start(ZooCfg.of(all, Map.of()), () -> {}));
  }

  private void lead(String... settings) throws Exception {
    start(settings);
    log.await("This server is LEADING");
  }

  /** Believes everybody; null for no certificate of its own. */
  private static SSLContext context(TestCertificates own) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (own != null) {
      store.setKeyEntry("k", own.key(), new char[0], new Certificate[] {own.leaf()});
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), new TrustManager[] {new Credulous()}, null);
    return context;
  }

  private static final class Credulous implements X509TrustManager {
    @Override
    public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public java.security.cert.X509Certificate[] getAcceptedIssuers() {
      return new java.security.cert.X509Certificate[0];
    }
  }

  private Socket plain(int port, String from) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.bind(new InetSocketAddress(from, 0));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    socket.connect(new InetSocketAddress(LOOPBACK, port));
    return socket;
  }

  /** Dials by TLS; a handshake that fails is an IOException here or at the first reading. */
  private SSLSocket secure(int port, String from, TestCertificates own) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            context(own).getSocketFactory().createSocket(plain(port, from), LOOPBACK, port, true);
    open.add(socket);
    socket.startHandshake();
    return socket;
  }

  private static byte[] electionGreeting() {
    JuteWriter out = new JuteWriter(128);
    new ElectionHandshake(40, List.of(new ElectionHandshake.Address(LOOPBACK, 1))).write(out);
    // And a question, in the oldest form: looking, leader, zxid, epoch.
    out.writeInt(28);
    out.writeInt(0);
    out.writeLong(40);
    out.writeLong(0);
    out.writeLong(1);
    return out.toByteArray();
  }

  private static byte[] quorumGreeting() {
    JuteWriter out = new JuteWriter(128);
    QuorumPacketCodec.write(new QuorumPacket.ObserverInfo(0, new LearnerInfo(2, 0x10000, 0)), out);
    return out.toByteArray();
  }

  /** Whether somebody who greets as a peer does is answered; an end in whatever way is none. */
  private static boolean answers(Socket socket, byte[] greeting) throws IOException {
    try {
      socket.getOutputStream().write(greeting);
      return socket.getInputStream().read() >= 0;
    } catch (SocketException | javax.net.ssl.SSLException e) {
      return false;
    }
  }

  /** Waits until the other end ends it, with or without a last alert. */
  private static void awaitEnd(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("it is not given up", e);
    } catch (IOException e) {
      return; // a reset is an end
    }
  }

  private boolean electionPortAnswers(Socket socket) throws IOException {
    return answers(socket, electionGreeting());
  }

  private boolean quorumPortAnswers(Socket socket) throws IOException {
    return answers(socket, quorumGreeting());
  }

  @Test
  void howLongTheCertificateBetweenServersIsGoodIsAMetric() throws Exception {
    OWN_BRIEF.store(directory.resolve("own.p12"), "PKCS12", "secret");
    lead("sslQuorum", "true");
    assertThat(log.count("The certificate CN=brief in")).isEqualTo(1);
    PaddockServer server = (PaddockServer) open.get(0);
    assertThat(server.status().metrics().peerCertificateDaysLeft()).hasValue(12);
    assertThat(MetricsReport.of(server.status()))
        .anyMatch(m -> m.toString().contains("tls_quorum_certificate_days_left"));
  }

  private static final TestCertificates OWN_BRIEF =
      CA.sign("CN=brief", Duration.ofDays(12).plusHours(1), "localhost", LOOPBACK, SECOND);

  @Test
  void aUnifiedPortTakesBothAndATlsPortTlsAlone() throws Exception {
    lead("portUnification", "true");
    assertThat(electionPortAnswers(plain(electionPort, LOOPBACK))).isTrue();
    assertThat(quorumPortAnswers(plain(quorumPort, LOOPBACK))).isTrue();
    assertThat(electionPortAnswers(secure(electionPort, LOOPBACK, OWN))).isTrue();
    assertThat(quorumPortAnswers(secure(quorumPort, LOOPBACK, OWN))).isTrue();
    assertThat(log.count("said once an hour")).isZero();
  }

  @Test
  void whoHasSaidWhoItIsIsNotGivenUpWhenTheTimeForThatIsOver() throws Exception {
    lead("sslQuorum", "true", "quorumCnxnTimeoutMs", "300");
    SSLSocket socket = secure(electionPort, LOOPBACK, OWN);
    assertThat(electionPortAnswers(socket)).isTrue();
    socket.setSoTimeout(1000);
    assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
        .isInstanceOf(java.net.SocketTimeoutException.class);
  }

  @Test
  void whoSpeaksPlainTextToATlsPortIsToldOnceByItsServerLineWithTheRemedy() throws Exception {
    lead("sslQuorum", "true");
    for (int i = 0; i < 3; i++) {
      assertThat(electionPortAnswers(plain(electionPort, SECOND))).isFalse();
      assertThat(quorumPortAnswers(plain(quorumPort, SECOND))).isFalse();
    }
    assertThat(log.await("server.2 (" + SECOND + ") speaks plain text to the election port"))
        .contains("TLS only", "sslQuorum=true there", "portUnification=true here");
    log.await("server.2 (" + SECOND + ") speaks plain text to the quorum port");
    assertThat(
            answers(plain(electionPort, LOOPBACK), "GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1)))
        .isFalse();
    log.await(LOOPBACK + " sends to the election port, which takes TLS only: HTTP");
    assertThat(answers(plain(quorumPort, LOOPBACK), "ruok".getBytes(ISO_8859_1))).isFalse();
    log.await("sends to the quorum port, which takes TLS only: the four-letter word ruok");
    plain(quorumPort, "127.0.0.3").close();
    assertThat(electionPortAnswers(secure(electionPort, SECOND, OWN))).isTrue();
    assertThat(quorumPortAnswers(secure(quorumPort, SECOND, OWN))).isTrue();
    assertThat(log.count("said once an hour")).isEqualTo(4);
  }

  @Test
  void whoSpeaksTlsToAPlainPortIsToldOnceByItsServerLineWithTheRemedy() throws Exception {
    lead();
    for (int i = 0; i < 3; i++) {
      for (int port : new int[] {electionPort, quorumPort}) {
        assertThatThrownBy(() -> secure(port, SECOND, OWN)).isInstanceOf(IOException.class);
      }
    }
    for (String port : List.of("election port", "quorum port")) {
      assertThat(log.await("What server.2 (" + SECOND + ") sends to the " + port))
          .contains("TLS", "portUnification=true here", "sslQuorum=false there");
    }
    assertThat(log.count("said once an hour")).isEqualTo(2);
  }

  private boolean comesThrough(TestCertificates own) throws Exception {
    try {
      return electionPortAnswers(secure(electionPort, SECOND, own));
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aPeerWhoseCertificateIsNotTakenIsToldByItsServerLineWithTheRemedy() throws Exception {
    lead("sslQuorum", "true");
    assertThat(comesThrough(CA.sign("CN=names", "localhost"))).isFalse();
    assertThat(log.await("A TLS handshake at the election port has failed"))
        .contains("the certificate of server.2 (" + SECOND + ") does not name where it comes from")
        .contains("CN=names", "it names localhost and not " + SECOND)
        .contains("subject alternative names", "ssl.quorum.clientHostnameVerification=false");
    // By name one that is asked for; another would not be shown.
    TestCertificates impostors = TestCertificates.authority("CN=Test CA,O=Paddock");
    for (int i = 0; i < 2; i++) {
      assertThat(comesThrough(impostors.sign("CN=mallory", SECOND))).isFalse();
    }
    log.await(
        "the certificate of server.2 (" + SECOND + ") is not believed",
        "CN=mallory, issued by CN=Test CA",
        "ssl.quorum.trustStore.location lacks the CA");
    // Another one behind the same address, as behind one of NAT.
    assertThat(comesThrough(impostors.sign("CN=eve", SECOND))).isFalse();
    log.await("is not believed", "CN=eve, issued by CN=Test CA");
    assertThat(comesThrough(null)).isFalse();
    log.await("server.2 (" + SECOND + ") sent no certificate", "ssl.quorum.clientAuth=want");
    assertThat(comesThrough(CA.sign("CN=named", SECOND))).isTrue();
    assertThat(log.count("said once an hour")).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sslQuorum", "portUnification"})
  void halfAHelloAndGarbageInTlsAreBoundedInNumberAndTimeAndInNobodysWay(String mode)
      throws Exception {
    lead(mode, "true", "tickTime", "400");
    byte[] halfAHello = {0x16, 3, 1, 1, 0, 1, 0, 0, (byte) 0xfc, 3, 3};
    byte[] garbage = new byte[300];
    garbage[0] = 0x16;
    garbage[1] = 3;
    garbage[2] = 3;
    garbage[4] = (byte) 200;
    List<Socket> half = new ArrayList<>();
    ListAppender<ILoggingEvent> netty = new ListAppender<>();
    netty.start();
    Logger logger = (Logger) LoggerFactory.getLogger("io.netty");
    logger.addAppender(netty);
    open.add(() -> logger.detachAppender(netty));
    for (int i = 0; i < 100; i++) {
      for (int port : new int[] {electionPort, quorumPort}) {
        Socket socket = plain(port, LOOPBACK);
        half.add(socket);
        socket.getOutputStream().write(i % 3 == 0 ? new byte[] {0x16} : halfAHello);
        Socket stranger = plain(port, LOOPBACK);
        stranger.getOutputStream().write(garbage);
        awaitEnd(stranger);
      }
    }
    assertThat(electionPortAnswers(secure(electionPort, LOOPBACK, OWN))).isTrue();
    assertThat(quorumPortAnswers(secure(quorumPort, LOOPBACK, OWN))).isTrue();
    assertThat(log.count("failed unexpectedly")).isZero();
    assertThat(netty.list).as("Netty's own complaints, one for each connection").isEmpty();
    assertThat(log.count("said once an hour")).isEqualTo(2);
    for (Socket socket : half) {
      awaitEnd(socket);
    }
  }

  @Test
  void whatDoesNotBecomeTlsInTimeIsNotWaitedForAtATlsPort() throws Exception {
    lead("sslQuorum", "true", "ssl.quorum.handshakeDetectionTimeoutMillis", "50");
    for (int port : new int[] {quorumPort, electionPort}) {
      Socket slow = plain(port, LOOPBACK);
      slow.getOutputStream().write(0x16);
      // A greeting would have half a minute and a quarter.
      slow.setSoTimeout(10_000);
      assertThat(slow.getInputStream().read()).isEqualTo(-1);
    }
    for (String port : new String[] {"quorum", "election"}) {
      log.await("to the " + port + " port, which takes TLS only: the beginning of a TLS hello");
    }
    assertThat(log.count("speaks plain text")).isZero();
  }

  @Test
  void badStoresRefuseTheStartInOneLine() {
    assertThatThrownBy(() -> start("sslQuorum", "true", "ssl.quorum.keyStore.password", "wrong"))
        .isInstanceOf(StartException.class)
        .hasMessageContainingAll("ssl.quorum.keyStore.location", "own.p12", "does not open")
        .hasMessageNotContaining("\n")
        .extracting(e -> ((StartException) e).exitCode())
        .isEqualTo(2);
    assertThatThrownBy(
            () ->
                start(
                    "portUnification",
                    "true",
                    "ssl.quorum.trustStore.location",
                    directory.resolve("none.pem").toString()))
        .isInstanceOf(StartException.class)
        .hasMessageContainingAll("ssl.quorum.trustStore.location", "none.pem", "no such file");
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

  private int fakeByTls(TestCertificates own) throws Exception {
    SSLContext context = context(own);
    return fake(
        caller -> {
          SSLSocket socket =
              (SSLSocket) context.getSocketFactory().createSocket(caller, null, true);
          socket.setNeedClientAuth(true);
          socket.getInputStream().readAllBytes();
        });
  }

  @Test
  void aPeerThatIsCalledWhereItSaysMayShowTheNameOfItsServerLine() throws Exception {
    Files.writeString(directory.resolve("myid"), "9\n");
    SSLContext context = context(CA.sign("CN=third", "localhost"));
    CompletableFuture<Long> caller = new CompletableFuture<>();
    int elsewhere =
        fake(
            socket -> {
              SSLSocket secure =
                  (SSLSocket) context.getSocketFactory().createSocket(socket, null, true);
              secure.setNeedClientAuth(true);
              byte[] greeting = secure.getInputStream().readNBytes(16);
              caller.complete(ByteBuffer.wrap(greeting).getLong(8));
            });
    start(
        "sslQuorum",
        "true",
        "server.9",
        LOOPBACK + ":" + quorumPort + ":" + electionPort,
        "server.1",
        LOOPBACK + ":1:" + LowPorts.free(),
        "server.3",
        "localhost:1:" + LowPorts.free());
    JuteWriter out = new JuteWriter(128);
    new ElectionHandshake(3, List.of(new ElectionHandshake.Address(LOOPBACK, elsewhere)))
        .write(out);
    secure(electionPort, LOOPBACK, OWN).getOutputStream().write(out.toByteArray());
    assertThat(caller.get(PATIENCE_MS, TimeUnit.MILLISECONDS)).isEqualTo(9);
  }

  @Test
  void whyAPeerCannotBeDialledByTlsIsToldWithTheRemedy() throws Exception {
    int plain = fake(caller -> caller.getInputStream().read());
    int http = fake(caller -> caller.getOutputStream().write("HTTP/1.1 400\r\n".getBytes()));
    int other = fakeByTls(CA.sign("CN=other", "zoo5.example"));
    int strange = fakeByTls(TestCertificates.authority("CN=Strange").sign("CN=s", LOOPBACK));
    int silent = fake(caller -> caller.getInputStream().readAllBytes());
    Map<Integer, Integer> ports = Map.of(3, plain, 4, http, 5, other, 6, strange, 7, silent);
    List<String> settings = new ArrayList<>(List.of("sslQuorum", "true"));
    ports.forEach(
        (sid, port) -> {
          settings.add("server." + sid);
          settings.add(LOOPBACK + ":1:" + port);
        });
    settings.addAll(List.of("quorumCnxnTimeoutMs", "1000"));
    settings.addAll(List.of("fastleader.maxNotificationInterval", "2000"));
    start(settings.toArray(String[]::new));
    String cannot = "Cannot open channel to ";
    assertThat(log.await(cannot + 3)).contains("hangs up on TLS", "portUnification=true there");
    assertThat(log.await(cannot + 4)).contains("server.4 does not answer by TLS");
    assertThat(log.await(cannot + 5))
        .contains("the certificate of server.5 does not name the host of its server line")
        .contains("it names zoo5.example", "ssl.quorum.hostnameVerification=false");
    assertThat(log.await(cannot + 6))
        .contains("the certificate of server.6 is not believed", "issued by CN=Strange")
        .contains("ssl.quorum.trustStore.location lacks the CA");
    assertThat(log.await(cannot + 7)).contains("does not come to its end");
    log.await("No leader for ", "server.6 certificate of an unknown CA");
    for (int sid : ports.keySet()) {
      assertThat(log.all(cannot + sid)).as("lines on server %s", sid).doesNotHaveDuplicates();
    }
  }
}
