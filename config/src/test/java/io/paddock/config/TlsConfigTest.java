package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
      assertThat(config.warnings())
          .singleElement()
          .asString()
          .startsWith("ssl.enabledProtocols: blanks beside commas are passed over");
    }
  }

  @Test
  void aPasswordInAFileThatOthersCanReadIsWarnedOfAndNotShown() throws Exception {
    String text = STORES + "ssl.keyStore.password=S3cret\nssl.quorum.trustStore.password=S4cret\n";
    assertThat(load(text).warnings()).noneMatch(line -> line.contains("S3cret"));
    assertThat(load(text).warnings().stream().filter(line -> line.contains("every user")))
        .hasSize(2)
        .anyMatch(
            line ->
                line.startsWith("zoo.cfg:5: ssl.keyStore.password can be read by every user")
                    && line.endsWith(
                        ", or keep it in a file of its own, ssl.keyStore.passwordPath"))
        .anyMatch(line -> line.startsWith("zoo.cfg:6: ssl.quorum.trustStore.password can be"));
    Files.setPosixFilePermissions(
        directory.resolve("zoo.cfg"), PosixFilePermissions.fromString("rw-------"));
    assertThat(ZooCfg.load(directory.resolve("zoo.cfg"), Map.of()).warnings())
        .noneMatch(line -> line.contains("every user"));
  }

  @Test
  void whatTwoPortsHaveInCommonIsWarnedOfOnce() throws Exception {
    String text =
        ADMIN + "forceHttps=true\nssl.quorum.enabledProtocols=TLSv1.2, TLSv1.3\n" + QUORUM;
    assertThat(load(text).warnings())
        .singleElement()
        .asString()
        .startsWith("ssl.quorum.enabledProtocols: blanks beside commas");
  }

  private static final String ADMIN = "dataDir=/d\nclientPort=2181\nadmin.";
  private static final String QUORUM =
      "ssl.quorum.keyStore.location=/k.p12\nssl.quorum.trustStore.location=/t.pem\n";

  @Test
  void adminServerSpeaksHttpsByTheStoresBetweenServers() throws Exception {
    assertThat(load(ADMIN + "portUnification=false\n").admin().https()).isEmpty();
    HttpsConfig both = load(ADMIN + "portUnification=true\n" + QUORUM).admin().https().get();
    assertThat(both.takesPlain()).isTrue();
    assertThat(both.prefix()).isEqualTo("ssl.quorum.");
    assertThat(both.tls().keyStore().orElseThrow().location()).isEqualTo(Path.of("/k.p12"));
    assertThat(both.tls().clientAuth()).isEqualTo(TlsConfig.ClientAuth.NONE);
    HttpsConfig forced =
        load(ADMIN
                + "portUnification=true\nadmin.forceHttps=true\nadmin.needClientAuth=true\n"
                + QUORUM)
            .admin()
            .https()
            .get();
    assertThat(forced.takesPlain()).isFalse();
    assertThat(forced.tls().clientAuth()).isEqualTo(TlsConfig.ClientAuth.NEED);
    assertThatThrownBy(() -> load(ADMIN + "forceHttps=true\n"))
        .hasMessageContaining("zoo.cfg:3: admin.forceHttps needs this server's key")
        .hasMessageContaining("ssl.quorum.keyStore.location=");
  }

  @Test
  void aCertificateThatNobodyIsForcedToShowIsWarnedOf() throws Exception {
    String text = ADMIN + "portUnification=true\nadmin.needClientAuth=true\n" + QUORUM;
    assertThat(load(text).warnings())
        .anyMatch(line -> line.contains("admin.needClientAuth=true keeps nobody from asking"));
  }

  @Test
  void metricsHaveAPortForHttpsWithStoresOfTheirOwnOrThoseBetweenServers() throws Exception {
    String text =
        "dataDir=/d\nclientPort=2181\nmetricsProvider.className="
            + "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n";
    assertThat(load(text).metrics().port()).isEqualTo(7000);
    assertThat(load(text).metrics().httpsPort()).isEqualTo(-1);
    MetricsConfig secure = load(text + "metricsProvider.httpsPort=7001\n" + QUORUM).metrics();
    assertThat(secure.port()).isEqualTo(-1);
    assertThat(secure.httpsPort()).isEqualTo(7001);
    assertThat(secure.https().get().prefix()).isEqualTo("ssl.quorum.");
    assertThat(secure.https().get().tls().clientAuth()).isEqualTo(TlsConfig.ClientAuth.NEED);
    MetricsConfig own =
        load(text
                + "metricsProvider.httpPort=7000\nmetricsProvider.httpsPort=7001\n"
                + "metricsProvider.ssl.keyStore.location=/m.p12\n"
                + "metricsProvider.ssl.need.client.auth=false\n")
            .metrics();
    assertThat(own.port()).isEqualTo(7000);
    assertThat(own.https().get().tls().keyStore().get().location()).isEqualTo(Path.of("/m.p12"));
    assertThat(own.https().get().tls().clientAuth()).isEqualTo(TlsConfig.ClientAuth.NONE);
    assertThatThrownBy(() -> load(text + "metricsProvider.httpsPort=7001\n"))
        .hasMessageContaining("metricsProvider.httpsPort needs this server's key");
  }

  @Test
  void aClientsFileIsReadWithAndWithoutApachesPrefix() throws Exception {
    Path file = directory.resolve("client.cfg");
    Files.writeString(
        file,
        "zookeeper.client.secure=true\nzookeeper.ssl.keyStore.location=/k.p12\n"
            + "ssl.trustStore.location=/t.pem\nfips-mode=false\nssl.hostnameVerification=false\n");
    ClientFile client = ClientFile.read(file);
    assertThat(client.tls().keyStore().get().location()).isEqualTo(Path.of("/k.p12"));
    assertThat(client.tls().trustStore().get().location()).isEqualTo(Path.of("/t.pem"));
    assertThat(client.asksForTls()).isTrue();
    assertThat(client.socket()).isEmpty();
    assertThat(client.tls().hostnameVerification()).isFalse();
    assertThat(client.tls().fips()).isFalse();
    Files.writeString(file, "zookeeper.ssl.keyStore.type=PFX\nssl.keyStore.location=/k\n");
    assertThatThrownBy(() -> ClientFile.read(file))
        .hasMessageContaining("client.cfg:1: ssl.keyStore.type=PFX must be JKS, PKCS12");
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
  void aPasswordThatIsNowhereElseIsTakenFromTheEnvironment() throws Exception {
    Map<String, String> environment = Map.of("ZOO_SSL_QUORUM_KEYSTORE_PASSWORD", "s3cret");
    StorePassword password =
        StorePassword.inEnvironment("ssl.quorum.keyStore.password", environment);
    assertThat(new String(password.read())).isEqualTo("s3cret");
    assertThat(password).hasToString("***");
    assertThat(StorePassword.inEnvironment("ssl.keyStore.password", environment).read()).isEmpty();
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
