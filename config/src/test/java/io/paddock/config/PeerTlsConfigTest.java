package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerTlsConfigTest {
  private static final String STORES =
      "ssl.quorum.keyStore.location=/k.p12\nssl.quorum.trustStore.location=/t.pem\n";

  @TempDir Path directory;

  @BeforeEach
  void nameTheServer() throws Exception {
    Files.writeString(directory.resolve("myid"), "1\n");
  }

  private ZooCfg load(String text, Map<String, String> properties) throws Exception {
    Path file = directory.resolve("zoo.cfg");
    Files.writeString(file, "dataDir=" + directory + "\nclientPort=2181\n" + text);
    return ZooCfg.load(file, properties);
  }

  private ZooCfg member(String text) throws Exception {
    return load(
        "initLimit=10\nsyncLimit=5\nserver.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\n" + text,
        Map.of());
  }

  @Test
  void thePortsTakeWhatTheTwoSwitchesSayAndThisServerDialsByTheFirst() throws Exception {
    boolean[] both = {false, true};
    for (boolean ssl : both) {
      for (boolean unified : both) {
        ZooCfg config = member(STORES + "sslQuorum=" + ssl + "\nportUnification=" + unified + "\n");
        PeerTlsConfig tls = config.peerTls();
        assertThat(tls.sslQuorum()).isEqualTo(ssl);
        assertThat(tls.takesTls()).isEqualTo(ssl || unified);
        assertThat(tls.takesPlain()).isEqualTo(!ssl || unified);
        assertThat(config.warnings()).isEmpty();
      }
    }
  }

  @Test
  void theDefaultsAreThoseOfApachesServer() throws Exception {
    PeerTlsConfig peers = member("").peerTls();
    assertThat(peers.takesTls()).isFalse();
    assertThat(peers.detectionMs()).isEqualTo(5000);
    TlsConfig tls = peers.tls();
    assertThat(tls.clientAuth()).isEqualTo(TlsConfig.ClientAuth.NEED);
    assertThat(tls.hostnameVerification()).isTrue();
    assertThat(tls.clientHostnameVerification()).isTrue();
    assertThat(tls.reverseDnsLookup()).isTrue();
    assertThat(tls.asksForRevocation()).isFalse();
    assertThat(tls.fips()).isTrue();
    assertThat(tls.protocol()).isEqualTo("TLSv1.2");
    assertThat(tls.protocols()).isEmpty();
    assertThat(member("fips-mode=false\n").peerTls().tls().protocol()).isEqualTo("TLSv1.3");
  }

  @Test
  void everyKeyArrivesAlsoAsAPropertyAndNoneOfThoseForClientsDoes() throws Exception {
    String[] keys = {
      "ssl.quorum.keyStore.location=/other.jks",
      "ssl.quorum.keyStore.password=abc",
      "ssl.quorum.keyStore.type=pkcs12",
      "ssl.quorum.trustStore.location=/other.pem",
      "ssl.quorum.clientAuth=WANT",
      "ssl.quorum.protocol=TLSv1.3",
      "ssl.quorum.enabledProtocols=TLSv1.2, TLSv1.3",
      "ssl.quorum.ciphersuites=TLS_AES_128_GCM_SHA256",
      "ssl.quorum.clientHostnameVerification=false",
      "ssl.quorum.allowReverseDnsLookup=false",
      "ssl.quorum.crl=true",
      "ssl.quorum.ocsp=true",
      "ssl.quorum.context.supplier.class=a.B",
      "ssl.quorum.handshakeDetectionTimeoutMillis=7",
      "fips-mode=false",
    };
    Map<String, String> properties = new HashMap<>();
    for (String key : keys) {
      String[] parts = key.split("=", 2);
      properties.put("zookeeper." + parts[0], parts[1]);
    }
    String others = "ssl.clientAuth=none\nssl.ciphersuites=x\n";
    for (ZooCfg config :
        List.of(load(others + String.join("\n", keys), Map.of()), load(others, properties))) {
      TlsConfig tls = config.peerTls().tls();
      StoreConfig store = tls.keyStore().orElseThrow();
      assertThat(store.key()).isEqualTo("ssl.quorum.keyStore");
      assertThat(store.location()).isEqualTo(Path.of("/other.jks"));
      assertThat(new String(store.password().read())).isEqualTo("abc");
      assertThat(store.type()).isEqualTo("PKCS12");
      assertThat(tls.trustStore().orElseThrow().location()).isEqualTo(Path.of("/other.pem"));
      assertThat(tls.clientAuth()).isEqualTo(TlsConfig.ClientAuth.WANT);
      assertThat(tls.protocol()).isEqualTo("TLSv1.3");
      assertThat(tls.protocols()).containsExactly("TLSv1.2", "TLSv1.3");
      assertThat(tls.ciphers()).containsExactly("TLS_AES_128_GCM_SHA256");
      assertThat(tls.hostnameVerification()).isTrue();
      assertThat(tls.clientHostnameVerification()).isFalse();
      assertThat(tls.reverseDnsLookup()).isFalse();
      assertThat(tls.crl()).isTrue();
      assertThat(tls.ocsp()).isTrue();
      assertThat(tls.contextSupplier()).contains("a.B");
      assertThat(tls.fips()).isFalse();
      assertThat(config.peerTls().detectionMs()).isEqualTo(7);
      assertThat(config.warnings())
          .noneMatch(line -> line.contains("unknown key") || line.contains("no effect"));
    }
  }

  @Test
  void theSwitchesAreReadFromTheFileOnly() throws Exception {
    PeerTlsConfig tls =
        load("", Map.of("zookeeper.sslQuorum", "true", "zookeeper.portUnification", "true"))
            .peerTls();
    assertThat(tls.takesTls()).isFalse();
  }

  @Test
  void whoeverDoesNotCheckNamesDoesNotCheckThoseOfCallersEither() throws Exception {
    TlsConfig tls = member("ssl.quorum.hostnameVerification=false\n").peerTls().tls();
    assertThat(tls.hostnameVerification()).isFalse();
    assertThat(tls.clientHostnameVerification()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sslQuorum=true", "portUnification=true"})
  void aMemberWithoutAKeyIsRefusedAndAServerAloneIsNot(String line) throws Exception {
    assertThatThrownBy(() -> member(line))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(
            "zoo.cfg:8: " + line.substring(0, line.indexOf('=')), "ssl.quorum.keyStore.location");
    assertThat(load(line, Map.of()).peerTls().takesTls()).isTrue();
    // Which one becomes a member when it is told to.
    assertThatThrownBy(() -> load("reconfigEnabled=true\n" + line, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("ssl.quorum.keyStore.location");
  }

  @Test
  void serversThatNobodyVouchesForAreWarnedOf() throws Exception {
    String key = "ssl.quorum.keyStore.location=/k.p12\n";
    assertThat(member("sslQuorum=true\n" + key).warnings())
        .singleElement()
        .asString()
        .contains("ssl.quorum.trustStore.location is not set: every server is believed");
    assertThat(member(key).warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sslQuorum=yes",
        "portUnification=1",
        "sslQuorumReloadCertFiles=maybe",
        "ssl.quorum.clientAuth=maybe",
        "ssl.quorum.keyStore.type=PFX",
        "ssl.quorum.handshakeDetectionTimeoutMillis=soon"
      })
  void aWrongValueIsRefusedByItsKey(String line) {
    assertThatThrownBy(() -> member(STORES + line))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(line);
  }

  @Test
  void aTimeBelowOneIsTheDefaultAndTold() throws Exception {
    ZooCfg config = member("ssl.quorum.handshakeDetectionTimeoutMillis=0\n");
    assertThat(config.peerTls().detectionMs()).isEqualTo(5000);
    assertThat(config.warnings()).singleElement().asString().contains("5000 is used");
  }

  @Test
  void aMistypedKeyIsTold() throws Exception {
    assertThat(member("ssl.quorum.keystore.location=/k").warnings())
        .singleElement()
        .asString()
        .contains("did you mean ssl.quorum.keyStore.location?");
  }

  @Test
  void noPasswordIsShown() throws Exception {
    ZooCfg config = member(STORES + "ssl.quorum.keyStore.password=hunter2\n");
    assertThat(config.toString()).doesNotContain("hunter2");
  }
}
