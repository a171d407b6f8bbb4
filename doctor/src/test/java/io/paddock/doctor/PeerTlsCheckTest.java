package io.paddock.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.PeerTlsConfig;
import io.paddock.config.ZooCfg;
import io.paddock.machine.StoreContents;
import io.paddock.server.PaddockServer;
import io.paddock.testlib.LowPorts;
import io.paddock.testlib.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with TLS between servers, in both directions, each with cause and remedy. */
@Timeout(120)
class PeerTlsCheckTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA");
  private static final TestCertificates OTHER_CA = TestCertificates.authority("CN=Other CA");
  private static final TestCertificates GOOD = CA.sign("CN=zoo", "localhost", "127.0.0.1", "::1");

  @TempDir Path directory;

  /** Somebody who takes TLS, shows a certificate and wants one. */
  private static final class Peer implements AutoCloseable {
    private final SSLServerSocket listener;
    private final Thread thread;

    Peer(TestCertificates own, TestCertificates believed) throws Exception {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry("k", own.key(), new char[0], new Certificate[] {own.leaf()});
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(keys, new char[0]);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", believed.leaf());
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
      listener =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(LowPorts.free(), 5, InetAddress.getLoopbackAddress());
      listener.setNeedClientAuth(true);
      thread = new Thread(this::serve, "test-peer");
      thread.start();
    }

    private void serve() {
      while (!listener.isClosed()) {
        try (Socket socket = listener.accept()) {
          socket.setSoTimeout(5000);
          while (socket.getInputStream().read() >= 0) {
            // What it says is not understood.
          }
        } catch (IOException e) {
          // The next one, or the end.
        }
      }
    }

    int port() {
      return listener.getLocalPort();
    }

    @Override
    public void close() throws Exception {
      listener.close();
      thread.join();
    }
  }

  private List<String> check(TestCertificates own, int peerPort, String... more) throws Exception {
    return check(own, "localhost", peerPort, true, more);
  }

  private List<String> check(
      TestCertificates own, String host, int peerPort, boolean dialsTls, String... more)
      throws Exception {
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("data/myid"), "1");
    Files.writeString(directory.resolve("own.pem"), own.pem());
    Files.writeString(directory.resolve("ca.pem"), CA.certificatePem());
    Files.writeString(
        directory.resolve("zoo.cfg"),
        String.join(
            "\n",
            Stream.concat(
                    Stream.of(
                        "dataDir=" + directory.resolve("data"),
                        "clientPort=0",
                        "initLimit=10",
                        "syncLimit=5",
                        "server.1=" + host + ":1:2",
                        "server.2=localhost:3:" + peerPort,
                        "ssl.quorum.keyStore.location=" + directory.resolve("own.pem"),
                        "ssl.quorum.trustStore.location=" + directory.resolve("ca.pem")),
                    Stream.of(more))
                .toList()));
    ZooCfg config = ZooCfg.load(directory.resolve("zoo.cfg"), Map.of());
    StoreContents contents = StoreContents.ofServer(PeerTlsConfig.PREFIX, config.peerTls().tls());
    return new PeerTlsCheck(
            config.membership().orElseThrow(),
            config.peerTls().tls(),
            dialsTls,
            false,
            contents,
            Clock.systemUTC())
        .examine().stream()
            .map(d -> d.level() + " " + d.subject() + ": " + d.finding() + " -> " + d.remedy())
            .toList();
  }

  private static void assertFound(List<String> lines, String level, String... words) {
    assertThat(lines)
        .anyMatch(
            line -> line.startsWith(level) && List.of(words).stream().allMatch(line::contains));
  }

  @Test
  void aPeerThatIsWellIsOneLine() throws Exception {
    try (Peer peer = new Peer(GOOD, CA)) {
      assertThat(check(GOOD, peer.port()))
          .singleElement()
          .asString()
          .startsWith("OK server.2: election port localhost:" + peer.port() + " speaks TLS (TLSv1")
          .contains(") as CN=zoo");
    }
  }

  @Test
  void aPeerThatTakesTlsOnlyIsToldToOneThatCallsInPlainText() throws Exception {
    try (Peer peer = new Peer(GOOD, CA)) {
      assertFound(
          check(GOOD, "localhost", peer.port(), false),
          "ERROR server.2",
          "takes TLS only, and this server calls in plain text (sslQuorum=false)",
          "set sslQuorum=true here");
    }
  }

  @Test
  void theDoctorOfAServerWithoutTlsSaysThatItsPeerSpeaksIt() throws Exception {
    try (Peer peer = new Peer(GOOD, CA)) {
      check(GOOD, peer.port());
      Path file = directory.resolve("zoo.cfg");
      Files.writeString(file, Files.readString(file).replaceAll("(?m)^ssl\\..*", ""));
      assertThat(Doctor.examine(file, Map.of()))
          .anyMatch(
              line ->
                  line.subject().equals("server.2")
                      && line.finding().contains("it speaks TLS: set sslQuorum"));
    }
  }

  /** Rows 4 and 17. */
  @Test
  void everyNameThatACertificateLacksIsToldWithTheDirectionInWhichItIsNeeded() throws Exception {
    TestCertificates byName = CA.sign("CN=two", "localhost");
    try (Peer peer = new Peer(byName, CA)) {
      List<String> found = check(GOOD, peer.port());
      assertFound(
          found,
          "ERROR server.2",
          "its certificate CN=two names localhost, and not ",
          "127.0.0.1",
          "from where it calls this server",
          "IP:127.0.0.1",
          "ssl.quorum.clientHostnameVerification=false",
          "with fips-mode=true names are not looked up");
      assertThat(found).noneMatch(line -> line.contains("as this server calls it"));
      assertThat(check(GOOD, peer.port(), "ssl.quorum.clientHostnameVerification=false"))
          .allMatch(line -> line.startsWith("OK"));
      assertThat(check(GOOD, peer.port(), "ssl.quorum.hostnameVerification=false"))
          .allMatch(line -> line.startsWith("OK"));
      assertThat(check(GOOD, peer.port(), "fips-mode=false"))
          .allMatch(line -> line.startsWith("OK"));
    }
    TestCertificates byAddress = CA.sign("CN=two", "zoo2.example", "127.0.0.1", "::1");
    try (Peer peer = new Peer(byAddress, CA)) {
      assertFound(
          check(GOOD, peer.port()),
          "ERROR server.2",
          "and not localhost, as this server calls it",
          "DNS:localhost",
          "ssl.quorum.hostnameVerification=false");
      // Without FIPS mode the address is enough.
      assertThat(check(GOOD, peer.port(), "fips-mode=false"))
          .allMatch(line -> line.startsWith("OK"));
    }
  }

  @Test
  void theOwnCertificateIsHeldAgainstTheOwnServerLine() throws Exception {
    try (Peer peer = new Peer(GOOD, CA)) {
      List<String> found = check(CA.sign("CN=one", "zoo1.example"), peer.port());
      assertFound(
          found,
          "ERROR server.1",
          "this server's certificate CN=one names zoo1.example, and not localhost, as others call it");
      assertFound(found, "ERROR server.1", "from where others see it call");
    }
  }

  /** Row 5. */
  @Test
  void theSideThatLacksAnAuthorityIsNamed() throws Exception {
    try (Peer peer = new Peer(OTHER_CA.sign("CN=two", "localhost", "127.0.0.1", "::1"), CA)) {
      assertFound(
          check(GOOD, peer.port()),
          "ERROR server.2",
          "CN=two was signed by CN=Other CA, which ",
          "ca.pem lacks; it holds CN=Test CA",
          "ssl.quorum.trustStore.location of this server");
    }
    try (Peer peer = new Peer(GOOD, OTHER_CA)) {
      assertFound(
          check(GOOD, peer.port()),
          "ERROR server.2",
          "does not go on with this server by TLS",
          "it believes CN=Other CA; CN=zoo was signed by CN=Test CA");
    }
  }

  @Test
  void aPeersCertificateThatEndsOrIsForServersOnlyIsTold() throws Exception {
    try (Peer peer =
        new Peer(
            CA.signFor(List.of("serverAuth"), "CN=two", "localhost", "127.0.0.1", "::1"), CA)) {
      assertFound(check(GOOD, peer.port()), "ERROR server.2", "CN=two is not for clientAuth");
    }
    try (Peer peer =
        new Peer(CA.sign("CN=two", Duration.ofDays(5), "localhost", "127.0.0.1", "::1"), CA)) {
      assertFound(check(GOOD, peer.port()), "WARN server.2", "expires in 4 days");
    }
  }

  /** Row 14. */
  @Test
  void aPeerThatSpeaksPlainTextIsToldFromOneThatSpeaksTls() throws Exception {
    Path other = Files.createDirectories(directory.resolve("other"));
    Files.writeString(other.resolve("myid"), "2");
    int election = LowPorts.free();
    Path file =
        Files.writeString(
            directory.resolve("other.cfg"),
            "dataDir="
                + other
                + "\nclientPort=0\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                + "initLimit=10\nsyncLimit=5\nstandaloneEnabled=false\nserver.2=127.0.0.1:"
                + LowPorts.free()
                + ":"
                + election
                + "\n");
    try (PaddockServer server = PaddockServer.start(ZooCfg.load(file, Map.of()), () -> {})) {
      assertThat(server.clientPort()).isPositive();
      assertFound(
          check(GOOD, election),
          "ERROR server.2",
          "takes plain text only, and this server calls by TLS (sslQuorum=true)",
          "portUnification=true on both until all take TLS");
      assertFound(
          check(GOOD, "localhost", election, false),
          "WARN server.2",
          "takes plain text only",
          "set portUnification=true there before sslQuorum=true here");
    }
    assertFound(check(GOOD, election), "WARN server.2", "refused");
  }
}
