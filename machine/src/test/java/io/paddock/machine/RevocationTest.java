package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.paddock.config.ZooCfg;
import io.paddock.testlib.ChildJvm;
import io.paddock.testlib.RevocationServer;
import io.paddock.testlib.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CertSelector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Certificates that their authority has revoked: {@code ssl.crl}, {@code ssl.ocsp} and the same of
 * servers, each against a distribution point and a responder.
 */
class RevocationTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA,O=Paddock");

  @TempDir Path directory;
  private RevocationServer authority;

  @BeforeEach
  void openAuthority() throws IOException {
    authority = RevocationServer.of(CA);
  }

  @AfterEach
  void closeAuthority() {
    authority.close();
  }

  /** Of whom the authority can be asked by both ways. */
  private TestCertificates revocable(String subject) {
    return CA.signRevocable(
        subject, authority.crl(subject), authority.ocsp(), "localhost", "127.0.0.1");
  }

  private LiveTls open(String prefix, TestCertificates own, String... keys) throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", directory.toString());
    all.put(prefix.equals("ssl.") ? "secureClientPort" : "clientPort", "0");
    Path store = Files.createTempFile(directory, "own", ".pem");
    Path trust = Files.createTempFile(directory, "ca", ".pem");
    Files.writeString(store, own.pem());
    Files.writeString(trust, CA.certificatePem());
    all.put(prefix + "keyStore.location", store.toString());
    all.put(prefix + "trustStore.location", trust.toString());
    for (String key : keys) {
      all.put(prefix + key, "true");
    }
    ZooCfg config = ZooCfg.of(all, Map.of());
    return prefix.equals("ssl.")
        ? LiveTls.open(prefix, config.clientTls().orElseThrow().tls())
        : LiveTls.openForPeers(config.peerTls().tls());
  }

  private static SSLEngine listening(LiveTls tls) throws Exception {
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    return tls.newEngine(ByteBufAllocator.DEFAULT, new InetSocketAddress(address, 4711));
  }

  /** What the server says of somebody who shows this: nothing when it lets him in. */
  private String told(String prefix, TestCertificates who, String... keys) throws Exception {
    try (LiveTls server = open(prefix, revocable("CN=server"), keys);
        LiveTls client = open("ssl.quorum.", who)) {
      try {
        LiveTlsTest.shake(
            client.newDiallingEngine(ByteBufAllocator.DEFAULT, "localhost", 1, "localhost"),
            listening(server));
        return "";
      } catch (SSLException e) {
        return prefix.equals("ssl.") ? TlsWords.of(e) : TlsWords.ofPeer(e, "server.2", false);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"ssl.,crl", "ssl.,ocsp", "ssl.quorum.,crl", "ssl.quorum.,ocsp"})
  void aRevokedCertificateIsRefusedInWordsAndAnotherOneIsNot(String prefix, String key)
      throws Exception {
    TestCertificates alice = revocable("CN=alice");
    assertThat(told(prefix, alice, key)).isEmpty();
    assertThat(authority.asked()).isPositive();
    TestCertificates eve = revocable("CN=eve");
    authority.revoke(eve.leaf());
    assertThat(told(prefix, eve, key))
        .startsWith(
            (prefix.equals("ssl.") ? "the client's certificate" : "the certificate of server.2")
                + " is revoked (CN=eve, issued by CN=Test CA,O=Paddock: ")
        .endsWith(": give it a new one");
    // Who asks nobody does not know.
    assertThat(told(prefix, eve)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"ssl.,crl", "ssl.,ocsp", "ssl.quorum.,crl", "ssl.quorum.,ocsp"})
  void whereNobodyAnswersNobodyIsLetIn(String prefix, String key) throws Exception {
    TestCertificates alice = revocable("CN=alice");
    authority.close();
    assertThat(told(prefix, alice, key))
        .contains("cannot be told to be revoked or not (CN=alice, issued by CN=Test CA")
        .contains(key.equals("crl") ? "distribution point" : "OCSP responder", prefix + key);
    TestCertificates silent = CA.sign("CN=silent", "localhost", "127.0.0.1");
    assertThat(told(prefix, silent, key)).contains("cannot be told to be revoked or not");
  }

  /** The JVM's, and so Apache's: OCSP first, the list where no responder answers. */
  @Test
  void whereTheResponderIsGoneTheListDecides() throws Exception {
    String nowhere = "http://127.0.0.1:1/ocsp";
    TestCertificates alice =
        CA.signRevocable("CN=alice", authority.crl("a"), nowhere, "localhost", "127.0.0.1");
    TestCertificates eve =
        CA.signRevocable("CN=eve", authority.crl("e"), nowhere, "localhost", "127.0.0.1");
    authority.revoke(eve.leaf());
    assertThat(told("ssl.", alice, "ocsp")).isEmpty();
    assertThat(told("ssl.", eve, "ocsp")).contains("is revoked (CN=eve");
  }

  /** Whoever takes up a session shows no certificate that could be looked up. */
  @Test
  void sessionsAreTakenUpAgainForAsLongOnlyAsListsAreKept() throws Exception {
    try (LiveTls server = open("ssl.", revocable("CN=server"), "crl");
        LiveTls client = open("ssl.quorum.", revocable("CN=alice"))) {
      SSLEngine listening = listening(server);
      LiveTlsTest.shake(
          client.newDiallingEngine(ByteBufAllocator.DEFAULT, "localhost", 1, "localhost"),
          listening);
      assertThat(listening.getSession().getSessionContext().getSessionTimeout()).isEqualTo(30);
    }
  }

  /** A server of which a client learns no responder but by what the server shows. */
  static final class Stapling {
    private Stapling() {}

    public static void main(String[] arguments) throws Exception {
      RevocationTest test = new RevocationTest();
      test.directory = Path.of(arguments[0]);
      test.openAuthority();
      for (String subject : new String[] {"CN=good", "CN=eve"}) {
        TestCertificates own =
            CA.signRevocable(subject, null, test.authority.ocsp(), "localhost", "127.0.0.1");
        if (subject.equals("CN=eve")) {
          test.authority.revoke(own.leaf());
        }
        SSLEngine client = clientWithoutResponder();
        int before = test.authority.asked();
        String end = "through";
        try (LiveTls server = test.open("ssl.", own)) {
          SSLEngine listening = listening(server);
          listening.setNeedClientAuth(false);
          LiveTlsTest.shake(client, listening);
        } catch (SSLException e) {
          end = TlsWords.root(e).getClass().getSimpleName();
        }
        System.out.printf("%s %s, asked %d%n", subject, end, test.authority.asked() - before);
      }
      System.exit(0);
    }

    private static SSLEngine clientWithoutResponder() throws Exception {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", CA.leaf());
      var checker =
          (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
      checker.setOptions(
          Set.of(
              PKIXRevocationChecker.Option.NO_FALLBACK,
              PKIXRevocationChecker.Option.ONLY_END_ENTITY));
      checker.setOcspResponder(URI.create("http://127.0.0.1:1/nobody"));
      var parameters = new PKIXBuilderParameters(trusted, new X509CertSelector());
      parameters.addCertPathChecker(checker);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(new CertPathTrustManagerParameters(parameters));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      SSLEngine client = context.createSSLEngine("localhost", 1);
      client.setUseClientMode(true);
      return client;
    }
  }

  /** The JVM reads that property once, hence a process. */
  @ParameterizedTest
  @CsvSource({
    "true, 'CN=good through, asked 1', 'CN=eve CertificateRevokedException, asked 1'",
    "false, 'CN=good ConnectException, asked 0', 'CN=eve ConnectException, asked 0'",
  })
  void theServerShowsItsRespondersWordWhereTheJvmIsToldTo(String on, String good, String eve)
      throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.words(
                    List.of("-Djdk.tls.server.enableStatusRequestExtension=" + on),
                    Stapling.class.getName(),
                    directory.toString()))
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains(good, eve);
    assertThat(process.waitFor()).isZero();
  }

  /** Who dials looks, too. */
  @Test
  void aServerDoesNotDialOneWhoseCertificateIsRevoked() throws Exception {
    TestCertificates eve = revocable("CN=eve");
    authority.revoke(eve.leaf());
    try (LiveTls other = open("ssl.quorum.", eve);
        LiveTls own = open("ssl.quorum.", revocable("CN=own"), "crl")) {
      LiveTlsTest.shake(
          own.newDiallingEngine(ByteBufAllocator.DEFAULT, "localhost", 1, "localhost"),
          listening(other));
      throw new AssertionError("it was dialled");
    } catch (SSLException e) {
      assertThat(TlsWords.ofPeer(e, "server.2", true))
          .contains("the certificate of server.2 is revoked (CN=eve");
    }
  }
}
