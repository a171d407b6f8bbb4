package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.paddock.config.ZooCfg;
import io.paddock.testlib.RevocationServer;
import io.paddock.testlib.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
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
