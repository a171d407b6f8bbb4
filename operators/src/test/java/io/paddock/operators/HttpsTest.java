package io.paddock.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.HttpLimits;
import io.paddock.config.HttpsConfig;
import io.paddock.config.ZooCfg;
import io.paddock.machine.Guard;
import io.paddock.machine.StartException;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.RawSocket;
import io.paddock.testlib.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS at an HTTP port, plain HTTP beside it, and half handshakes. */
@Timeout(120)
class HttpsTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA");
  private static final TestCertificates SERVER = CA.sign("CN=zoo1", "localhost", "127.0.0.1");
  private static final TestCertificates ALICE = CA.sign("CN=alice,O=Paddock");
  private static final int LONG_MS = 60_000;
  private static final int SHORT_MS = 500;
  private static final int LARGE_BYTES = 6 << 20;
  private static final String HELLO_BEGINS = "\u0016\u0003\u0001\u0002\u0000\u0001\u0000";

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ServerMetrics metrics = new ServerMetrics(1000);
  private HttpPort port;

  @BeforeEach
  void makeStores() throws IOException {
    Files.writeString(directory.resolve("zoo1.pem"), SERVER.pem());
    Files.writeString(directory.resolve("ca.pem"), CA.certificatePem());
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    if (port != null) {
      port.close();
    }
  }

  private HttpsConfig config(String... more) throws Exception {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("dataDir", directory.toString());
    settings.put("clientPort", "0");
    settings.put("ssl.quorum.keyStore.location", directory.resolve("zoo1.pem").toString());
    settings.put("ssl.quorum.trustStore.location", directory.resolve("ca.pem").toString());
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return ZooCfg.of(settings, Map.of()).admin().https().orElseThrow();
  }

  private void listen(HttpLimits limits, String... more) throws Exception {
    Https https =
        Https.open(
            "admin.serverPort",
            config(more),
            metrics,
            new Guard(
                e -> {
                  throw new AssertionError(e);
                }));
    open.add(https);
    port = HttpPort.open("127.0.0.1", 0, "test-https", limits, Optional.of(https), this::answer);
  }

  private void listen(String... more) throws Exception {
    listen(limits(LONG_MS, 256), more);
  }

  private static HttpLimits limits(int idleMs, int connectionsMax) {
    return new HttpLimits(idleMs, 4096, 8192, 1 << 16, connectionsMax, connectionsMax);
  }

  private CompletableFuture<WebAnswer> answer(WebRequest request) {
    String text =
        request.path().equals("/large")
            ? "x".repeat(LARGE_BYTES)
            : request.path() + " by " + request.certified() + "\n";
    return CompletableFuture.completedFuture(WebAnswer.of(200, WebAnswer.TEXT, text));
  }

  private SSLSocket connect(TestCertificates own) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", CA.leaf());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (own != null) {
      store.setKeyEntry("k", own.key(), new char[0], new Certificate[] {own.leaf()});
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port.port());
    socket.setSoTimeout(LONG_MS);
    open.add(socket);
    return socket;
  }

  private static String get(String path, boolean last) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: a\r\n"
        + (last ? "Connection: close\r\n" : "")
        + "\r\n";
  }

  private static String talk(Socket socket, String... requests) throws IOException {
    for (String request : requests) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private void assertServes() throws Exception {
    assertThat(talk(connect(null), get("/probe", true)))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\r\nstrict-transport-security: max-age=86400; includeSubDomains\r\n")
        .endsWith("\r\n\r\n/probe by null\n");
  }

  @Test
  void requestsByTlsAreAnsweredOneAfterTheOther() throws Exception {
    listen("admin.forceHttps", "true");
    String all = talk(connect(null), get("/a", false), get("/b", false), get("/c", true));
    assertThat(all).contains("/a by null\n", "/b by null\n").endsWith("/c by null\n");
    String large = talk(connect(null), get("/large", true));
    assertThat(large).endsWith("x".repeat(LARGE_BYTES));
  }

  @Test
  void oneUnifiedPortServesPlainHttpAsWellAndCountsIt() throws Exception {
    listen("admin.portUnification", "true");
    assertServes();
    assertThat(metrics.value(EventCounter.INSECURE_ADMIN_COUNT)).isZero();
    try (RawSocket plain = new RawSocket(port.port())) {
      assertThat(plain.send(get("/plain", true)).readToEnd())
          .startsWith("HTTP/1.1 200 OK\r\n")
          .doesNotContain("strict-transport")
          .endsWith("/plain by null\n");
    }
    assertThat(metrics.value(EventCounter.INSECURE_ADMIN_COUNT)).isEqualTo(1);
  }

  @Test
  void plainHttpAtAPortForHttpsIsToldSoAndNotServed() throws Exception {
    listen("admin.forceHttps", "true", "admin.portUnification", "true");
    try (LogLines log = new LogLines()) {
      for (int i = 0; i < 3; i++) {
        try (RawSocket plain = new RawSocket(port.port())) {
          assertThat(plain.send(get("/plain", false)).readToEnd())
              .startsWith("HTTP/1.1 400 ")
              .endsWith("This port takes HTTPS only: ask by https://\n");
        }
      }
      log.await(
          "admin.serverPort: /127.0.0.1", "speaks plain HTTP, and this port takes HTTPS only");
      assertThat(log.count("speaks plain HTTP")).isEqualTo(1);
    }
    assertServes();
  }

  @Test
  void whoMustShowACertificateIsKnownByItAndNobodyElseIsServed() throws Exception {
    listen("admin.forceHttps", "true", "admin.needClientAuth", "true");
    assertThat(talk(connect(ALICE), get("/", true))).endsWith("/ by CN=alice,O=Paddock\n");
    try (LogLines log = new LogLines()) {
      SSLSocket nobody = connect(null);
      assertThatThrownBy(() -> talk(nobody, get("/", true)))
          .isInstanceOfAny(SSLException.class, java.net.SocketException.class);
      log.await("admin.serverPort", "did not come through its TLS handshake", "no certificate");
      assertThat(log.count("failed unexpectedly")).isZero();
    }
  }

  @Test
  void halfHandshakesKeepNobodyElseFromBeingAnsweredAndEndAtTheDeadline() throws Exception {
    listen(limits(LONG_MS, 64), "admin.forceHttps", "true");
    List<RawSocket> half = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      RawSocket socket = new RawSocket(port.port());
      open.add(socket);
      half.add(i % 2 == 0 ? socket.send(HELLO_BEGINS) : socket);
      if (i % 60 == 0) {
        assertServes();
      }
    }
    assertServes();
    // The oldest had to give way.
    assertThat(half.get(0).countToEnd()).isZero();
  }

  @Test
  void aHandshakeThatIsLeftHalfDoneEndsAtTheDeadline() throws Exception {
    listen(limits(SHORT_MS, 64), "admin.forceHttps", "true");
    try (RawSocket half = new RawSocket(port.port()).send(HELLO_BEGINS)) {
      half.countToEnd();
    }
    try (RawSocket silent = new RawSocket(port.port())) {
      assertThat(silent.countToEnd()).isZero();
    }
    assertServes();
  }

  @Test
  void storesThatCannotBeUsedRefuseTheStart() throws Exception {
    Files.writeString(directory.resolve("zoo1.pem"), "-----BEGIN X-----\n");
    HttpsConfig broken = config("admin.forceHttps", "true");
    assertThatThrownBy(() -> Https.open("admin.serverPort", broken, metrics, new Guard(e -> {})))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("ssl.quorum.keyStore.location: ")
        .hasMessageContaining("holds no private key");
  }
}
