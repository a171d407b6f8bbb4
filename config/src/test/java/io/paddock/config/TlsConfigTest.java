package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsConfigTest {
  private static final String MINIMAL = "dataDir=/d\nsecureClientPort=2281\n";
  private static final String STORES =
      MINIMAL + "ssl.keyStore.location=/k.p12\nssl.trustStore.location=/t.pem\n";

  @TempDir Path directory;

  private ZooCfg load(String text) throws Exception {
    return load(text, Map.of());
  }

  private ZooCfg load(String text, Map<String, String> properties) throws Exception {
    Path file = directory.resolve("zoo.cfg");
    Files.writeString(file, text);
    return ZooCfg.load(file, properties);
  }

  private TlsConfig tls(String text) throws Exception {
    return load(text).clientTls().orElseThrow().tls();
  }

  @Test
  void aTlsOnlyServerNeedsNoClientPort() throws Exception {
    ZooCfg config = load(STORES);
    assertThat(config.clientPort().isOpen()).isFalse();
    ClientTlsConfig clients = config.clientTls().orElseThrow();
    assertThat(clients.port()).isEqualTo(2281);
    assertThat(clients.host()).isNull();
    assertThat(clients.unified()).isFalse();
    assertThat(clients.handshakesMax()).isEqualTo(-1);
    assertThat(config.auth().x509()).isTrue();
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void withoutAKeyThereIsNoTls() throws Exception {
    ZooCfg config = load("dataDir=/d\nclientPort=2181\nssl.keyStore.location=/k.p12\n");
    assertThat(config.clientTls()).isEmpty();
    assertThat(config.auth().x509()).isFalse();
  }

  @Test
  void theDefaultsAreThoseOfApachesServer() throws Exception {
    TlsConfig tls = tls(STORES);
    assertThat(tls.clientAuth()).isEqualTo(TlsConfig.ClientAuth.NEED);
    assertThat(tls.protocols()).isEmpty();
    assertThat(tls.ciphers()).isEmpty();
    assertThat(tls.clientHostnameVerification()).isFalse();
    assertThat(tls.reverseDnsLookup()).isFalse();
    assertThat(tls.asksForRevocation()).isFalse();
    assertThat(tls.provider()).isEqualTo(TlsConfig.Provider.JDK);
    assertThat(tls.fips()).isTrue();
    assertThat(tls.contextSupplier()).isEmpty();
  }

  @Test
  void everyKeyArrivesAlsoAsAProperty() throws Exception {
    String[] keys = {
      "ssl.clientAuth=WANT",
      "ssl.enabledProtocols=TLSv1.2, TLSv1.3",
      "ssl.ciphersuites=TLS_AES_128_GCM_SHA256",
      "ssl.clientHostnameVerification=true",
      "ssl.allowReverseDnsLookup=true",
      "ssl.crl=true",
      "ssl.ocsp=true",
      "ssl.sslProvider=openssl",
      "ssl.context.supplier.class=a.B",
      "fips-mode=false",
      "client.portUnification=true",
      "netty.server.outstandingHandshake.limit=7",
      "netty.server.earlyDropSecureConnectionHandshakes=true",
      "X509AuthenticationProvider.superUser=CN=root,O=x",
    };
    Map<String, String> properties = new java.util.HashMap<>();
    for (String key : keys) {
      String[] parts = key.split("=", 2);
      properties.put("zookeeper." + parts[0], parts[1]);
    }
    for (ZooCfg config :
        List.of(load(STORES + String.join("\n", keys)), load(STORES, properties))) {
      ClientTlsConfig clients = config.clientTls().orElseThrow();
      TlsConfig tls = clients.tls();
      assertThat(tls.clientAuth()).isEqualTo(TlsConfig.ClientAuth.WANT);
      assertThat(tls.protocols()).containsExactly("TLSv1.2", "TLSv1.3");
      assertThat(tls.ciphers()).containsExactly("TLS_AES_128_GCM_SHA256");
      assertThat(tls.clientHostnameVerification()).isTrue();
      assertThat(tls.reverseDnsLookup()).isTrue();
      assertThat(tls.crl()).isTrue();
      assertThat(tls.ocsp()).isTrue();
      assertThat(tls.provider()).isEqualTo(TlsConfig.Provider.OPENSSL);
      assertThat(tls.contextSupplier()).contains("a.B");
      assertThat(tls.fips()).isFalse();
      assertThat(clients.unified()).isTrue();
      assertThat(clients.handshakesMax()).isEqualTo(7);
      assertThat(clients.earlyDrop()).isTrue();
      assertThat(config.auth().x509SuperUser()).contains("CN=root,O=x");
      assertThat(config.warnings()).isEmpty();
    }
  }

  @Test
  void whoeverDoesNotCheckNamesDoesNotCheckThoseOfClientsEither() throws Exception {
    String text = STORES + "ssl.clientHostnameVerification=true\n";
    assertThat(tls(text).clientHostnameVerification()).isTrue();
    assertThat(tls(text + "ssl.hostnameVerification=false\n").clientHostnameVerification())
        .isFalse();
  }

  @Test
  void clientsThatNobodyVouchesForAreWarnedOf() throws Exception {
    String text = MINIMAL + "ssl.keyStore.location=/k.p12\n";
    assertThat(load(text).warnings())
        .singleElement()
        .asString()
        .contains("ssl.trustStore.location", "ssl.clientAuth=none");
    assertThat(load(text + "ssl.clientAuth=none\n").warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl.clientAuth=maybe",
        "ssl.sslProvider=GNUTLS",
        "ssl.keyStore.type=PFX",
        "secureClientPort=70000"
      })
  void aWrongValueIsRefusedByItsKey(String line) {
    assertThatThrownBy(() -> load(STORES + line))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(line);
  }

  @Test
  void aMistypedKeyIsTold() throws Exception {
    assertThat(load(STORES + "ssl.truststore.password=x").warnings())
        .containsExactly(
            "zoo.cfg:5: unknown key ssl.truststore.password; did you mean"
                + " ssl.trustStore.password?");
  }

  @Test
  void aPasswordInAFileWinsAndIsReadEachTimeWithoutItsLinesEnd() throws Exception {
    Path file = directory.resolve("password");
    StorePassword password =
        tls(STORES + "ssl.keyStore.password=other\nssl.keyStore.passwordPath=" + file)
            .keyStore()
            .orElseThrow()
            .password();
    for (String end : new String[] {"", "\n", "\r\n"}) {
      Files.writeString(file, "s3cret " + end.length() + end);
      assertThat(new String(password.read())).isEqualTo("s3cret " + end.length());
    }
    Files.writeString(file, "two\n\n");
    assertThat(new String(password.read())).isEqualTo("two\n");
  }

  @Test
  void noPasswordIsShown() throws Exception {
    String text =
        STORES
            + "ssl.keyStore.password=hunter2\n"
            + "#ssl.trustStore.password = hunter2\n"
            + "ssl.trustStore.password hunter2\\\n  hunter2\n";
    ZooCfg config =
        load(
            text,
            Map.of(
                "zookeeper.ssl.keyStore.password",
                "hunter2",
                "javax.net.ssl.trustStorePassword",
                "hunter2"));
    assertThat(config.toString()).doesNotContain("hunter2");
    assertThat(config.text()).contains("ssl.keyStore.location=/k.p12\n");
    assertThat(config.systemProperties()).hasSize(2);
    assertThat(
            new String(
                config.clientTls().orElseThrow().tls().keyStore().orElseThrow().password().read()))
        .isEqualTo("hunter2");
    assertThatThrownBy(() -> load(text + "ssl.clientAuth=x")).message().doesNotContain("hunter2");
  }

  @Test
  void theProviderOfX509IsTakenWithoutTls() throws Exception {
    ZooCfg config =
        load(
            "dataDir=/d\nclientPort=1\n"
                + "authProvider.1=org.apache.zookeeper.server.auth.X509AuthenticationProvider\n");
    assertThat(config.auth().x509()).isTrue();
    assertThat(config.warnings()).isEmpty();
  }
}
