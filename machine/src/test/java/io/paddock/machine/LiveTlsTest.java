package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.paddock.config.ConfigException;
import io.paddock.config.TlsConfig;
import io.paddock.config.ZooCfg;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.TestCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores as they are and as they should not be, and what becomes of them. */
class LiveTlsTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA,O=Paddock");
  private static final TestCertificates SERVER = CA.sign("CN=server,O=Paddock", "localhost");
  private static final TestCertificates ALICE = CA.sign("CN=alice,O=Paddock", "127.0.0.1");

  @TempDir Path directory;
  private Path keys;
  private Path trust;

  @BeforeEach
  void makeStores() throws Exception {
    keys = SERVER.store(directory.resolve("server.p12"), "PKCS12", "secret");
    trust = Files.writeString(directory.resolve("ca.pem"), CA.certificatePem());
    onlyMine(keys);
  }

  private static void onlyMine(Path file) throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private TlsConfig config(String... settings) throws ConfigException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", directory.toString());
    all.put("secureClientPort", "0");
    all.put("ssl.keyStore.location", keys.toString());
    all.put("ssl.keyStore.password", "secret");
    all.put("ssl.trustStore.location", trust.toString());
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return ZooCfg.of(all, Map.of()).clientTls().orElseThrow().tls();
  }

  private LiveTls open(String... settings) throws Exception {
    return LiveTls.open("ssl.", config(settings));
  }

  /** The client's side; null for a client without a certificate. */
  private static SSLEngine client(TestCertificates own) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] keys = own == null ? null : new KeyManager[] {new Insistent(own)};
    context.init(keys, new TrustManager[] {new Credulous()}, null);
    SSLEngine engine = context.createSSLEngine("localhost", 1);
    engine.setUseClientMode(true);
    return engine;
  }

  /** Shows its certificate whoever's the server asks for. */
  private static final class Insistent extends X509ExtendedKeyManager {
    private final TestCertificates own;

    Insistent(TestCertificates own) {
      this.own = own;
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      return "own";
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"own"};
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return "own";
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {own.leaf()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return own.key();
    }
  }

  private static final class Credulous implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static SSLEngine server(LiveTls tls) throws Exception {
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    return tls.newEngine(ByteBufAllocator.DEFAULT, new InetSocketAddress(address, 4711));
  }

  /** Both sides' handshake, in memory. */
  static void shake(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    ByteBuffer nothing = ByteBuffer.allocate(0);
    ByteBuffer plain = ByteBuffer.allocate(1 << 16);
    for (int round = 0; round < 50; round++) {
      for (SSLEngine engine : new SSLEngine[] {client, server}) {
        ByteBuffer out = engine == client ? toServer : toClient;
        ByteBuffer in = engine == client ? toClient : toServer;
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
        if (engine.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP) {
          engine.wrap(nothing, out);
        }
        in.flip();
        if (in.hasRemaining() && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
          engine.unwrap(in, plain);
        }
        in.compact();
      }
    }
  }

  private static String subject(SSLEngine engine) throws Exception {
    return ((X509Certificate) engine.getSession().getPeerCertificates()[0])
        .getSubjectX500Principal()
        .getName();
  }

  private void comesThrough(String... settings) throws Exception {
    try (LiveTls tls = open(settings)) {
      SSLEngine client = client(ALICE);
      SSLEngine server = server(tls);
      shake(client, server);
      assertThat(subject(client)).isIn("CN=server,O=Paddock", "CN=both");
      assertThat(subject(server)).isEqualTo("CN=alice,O=Paddock");
    }
  }

  private String failure(TestCertificates who, String... settings) throws Exception {
    try (LiveTls tls = open(settings)) {
      SSLEngine server = server(tls);
      try {
        shake(client(who), server);
      } catch (SSLException e) {
        return TlsWords.of(e);
      }
    }
    return "none";
  }

  @ParameterizedTest
  @ValueSource(strings = {"p12:PKCS12", "jks:JKS", "store:PKCS12", "keystore:JKS", "jks:PKCS12"})
  void storesOfTheJdkAreReadByTheirNameOrTheirContent(String how) throws Exception {
    String[] parts = how.split(":");
    keys = SERVER.store(directory.resolve("k." + parts[0]), parts[1], "pass word");
    trust = CA.trustStore(directory.resolve("t." + parts[0]), parts[1], "trust");
    comesThrough("ssl.keyStore.password", "pass word", "ssl.trustStore.password", "trust");
  }

  @Test
  void pemHoldsKeyAndCertificatesInAnyOrder() throws Exception {
    keys = Files.writeString(directory.resolve("k.pem"), "a text\n" + SERVER.pem());
    comesThrough();
    String pem = SERVER.pem();
    int certificates = pem.indexOf("-----BEGIN CERTIFICATE");
    keys =
        Files.writeString(
            directory.resolve("k.crt"),
            pem.substring(certificates) + pem.substring(0, certificates));
    comesThrough();
  }

  @Test
  void anEncryptedPemKeyOpensWithItsPassword() throws Exception {
    Path plain = Files.writeString(directory.resolve("plain.pem"), SERVER.pem());
    Path key = directory.resolve("key.pem");
    openssl("pkcs8", "-topk8", "-in", plain, "-out", key, "-passout", "pass:pem secret");
    assertThat(key).content().contains("ENCRYPTED PRIVATE KEY");
    keys =
        Files.writeString(
            directory.resolve("k.pem"), Files.readString(key) + SERVER.certificatePem());
    comesThrough("ssl.keyStore.password", "pem secret");
    assertThatThrownBy(() -> open("ssl.keyStore.password", "other"))
        .isInstanceOf(TlsException.class)
        .hasMessageContainingAll("ssl.keyStore.location", "k.pem", "does not open", "Path")
        .hasMessageNotContainingAny("other", "\n");
    assertThatThrownBy(() -> open("ssl.keyStore.password", ""))
        .hasMessageContainingAll("k.pem needs a password: set ssl.keyStore.password");
  }

  @Test
  void theOldFormOfKeysIsToldFromTheNew() throws Exception {
    Path plain = Files.writeString(directory.resolve("plain.pem"), SERVER.pem());
    Path key = directory.resolve("old.pem");
    openssl("ec", "-in", plain, "-out", key);
    keys =
        Files.writeString(
            directory.resolve("k.pem"), Files.readString(key) + SERVER.certificatePem());
    refused("EC PRIVATE KEY", "openssl pkcs8 -topk8");
  }

  private static void openssl(Object... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = "openssl";
    for (int i = 0; i < arguments.length; i++) {
      command[i + 1] = arguments[i].toString();
    }
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (java.io.IOException e) {
      Assumptions.abort("openssl is not installed");
      return;
    }
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }

  private void refused(String... words) {
    assertThatThrownBy(() -> open())
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("ssl.keyStore.location: " + keys)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("secret");
  }

  @Test
  void eachWayAKeyStoreCanBeWrongRefusesTheStartWithFileCauseAndRemedy() throws Exception {
    keys = directory.resolve("missing.p12");
    refused("there is no such file", "put the store there");
    keys = SERVER.store(directory.resolve("other.p12"), "PKCS12", "another");
    refused("does not open with the password", "ssl.keyStore.passwordPath");
    keys = SERVER.store(directory.resolve("other.jks"), "JKS", "another");
    refused("does not open with the password");
    keys = Files.writeString(directory.resolve("text.p12"), "no store at all");
    refused("cannot be read as PKCS12");
    keys = Files.writeString(directory.resolve("pem.jks"), SERVER.pem());
    refused("looks like PEM", "ssl.keyStore.type=PEM");
    keys = Files.writeString(directory.resolve("empty.jks"), "");
    refused("is empty");
    keys = CA.trustStore(directory.resolve("cas.p12"), "PKCS12", "secret");
    refused("holds no private key");
    keys = SERVER.keyStore(directory.resolve("two.jks"), "JKS", "secret", "anothersecret");
    refused("whose password is not that of the store", "keytool -keypasswd");
    keys = Files.writeString(directory.resolve("cert.pem"), SERVER.certificatePem());
    refused("holds no private key", "cat key.pem");
    String key = SERVER.pem().substring(0, SERVER.pem().indexOf("-----BEGIN CERT"));
    keys = Files.writeString(directory.resolve("key.pem"), key);
    refused("holds no certificates");
    keys = Files.writeString(directory.resolve("mixed.pem"), key + ALICE.certificatePem());
    refused("does not go with the first certificate");
    keys = SERVER.store(directory.resolve("k.bcfks"), "PKCS12", "secret");
    refused("BouncyCastle");
  }

  @Test
  void aTrustStoreThatTrustsNobodyRefusesTheStart() throws Exception {
    trust = Files.writeString(directory.resolve("nobody.pem"), "nobody\n");
    assertThatThrownBy(() -> open())
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("ssl.trustStore.location: " + trust + " holds no certificate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ssl.keyStore.location", "ssl.trustStore.location", "ssl.keyStore.passwordPath"})
  void aFileThatCannotBeReadIsToldWithItsKeyItsPathAndTheRemedy(String key) throws Exception {
    Path file = Files.createDirectory(directory.resolve("here"));
    refusesFile(key, file, "it is a directory, not a file");
    Files.delete(file);
    refusesFile(key, file, "there is no such file");
    Files.createFile(file);
    refusesFile(key, file, "is empty");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    if (!Files.isReadable(file)) { // as root can
      refusesFile(key, file, "permission denied");
    }
  }

  private void refusesFile(String key, Path file, String why) {
    assertThatThrownBy(() -> open(key, file.toString()))
        .isInstanceOf(TlsException.class)
        .hasMessageContainingAll(key, file.toString(), why)
        .hasMessageMatching(
            ".*(put the store there|let the server's user read it|write it into).*");
  }

  @Test
  void aPasswordFileThatCannotBeReadRefusesTheStart() {
    Path file = directory.resolve("no-password");
    assertThatThrownBy(() -> open("ssl.keyStore.passwordPath", file.toString()))
        .isInstanceOf(TlsException.class)
        .hasMessageContainingAll("ssl.keyStore.passwordPath", file.toString(), "no such file");
  }

  @Test
  void protocolsAndCiphersThatNobodyKnowsRefuseTheStart() throws Exception {
    assertThatThrownBy(() -> open("ssl.enabledProtocols", "TLSv1.4"))
        .isInstanceOf(TlsException.class)
        .hasMessageContainingAll("ssl.enabledProtocols: TLSv1.4 is not known", "TLSv1.3");
    assertThatThrownBy(() -> open("ssl.ciphersuites", "NULL_AT_ALL"))
        .isInstanceOf(TlsException.class)
        .hasMessageContainingAll("ssl.ciphersuites: NULL_AT_ALL is not known");
    comesThrough(
        "ssl.enabledProtocols",
        "TLSv1.2",
        "ssl.ciphersuites",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  }

  @Test
  void openSslWithoutItsJarRefusesTheStart() {
    Assumptions.assumeFalse(io.netty.handler.ssl.OpenSsl.isAvailable());
    assertThatThrownBy(() -> open("ssl.sslProvider", "OPENSSL"))
        .isInstanceOf(TlsException.class)
        .hasMessageContainingAll("ssl.sslProvider=OPENSSL needs", "netty-tcnative");
  }

  /** A user's own. */
  public static final class Supplied implements Supplier<SSLContext> {
    @Override
    public SSLContext get() {
      try {
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("k", SERVER.key(), new char[0], new Certificate[] {SERVER.leaf()});
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), new TrustManager[] {new Credulous()}, null);
        return context;
      } catch (java.security.GeneralSecurityException | java.io.IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void aClassOfTheUsersCanMakeTheContext() throws Exception {
    comesThrough("ssl.context.supplier.class", Supplied.class.getName());
    assertThatThrownBy(() -> open("ssl.context.supplier.class", "no.such.Class"))
        .isInstanceOf(TlsException.class)
        .hasMessageContainingAll("no.such.Class", "class path");
    assertThatThrownBy(
            () ->
                open(
                    "ssl.context.supplier.class",
                    Supplied.class.getName(),
                    "ssl.sslProvider",
                    "OPENSSL"))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("ssl.sslProvider=JDK only");
  }

  @Test
  void aHandshakeThatFailsIsPutIntoWords() throws Exception {
    assertThat(failure(null)).contains("sent no certificate", "ssl.clientAuth=want");
    TestCertificates stranger = TestCertificates.authority("CN=Strange CA").sign("CN=mallory");
    assertThat(failure(stranger))
        .contains("CN=mallory, issued by CN=Strange CA", "ssl.trustStore.location lacks the CA");
    assertThat(failure(CA.sign("CN=late", Duration.ofDays(-1))))
        .contains("CN=late", "not valid now", "renew it");
    assertThat(failure(null, "ssl.clientAuth", "want")).isEqualTo("none");
    assertThat(failure(null, "ssl.clientAuth", "none")).isEqualTo("none");
  }

  @Test
  void aClientsCertificateMustNameItsAddressWhereThatIsAskedFor() throws Exception {
    TestCertificates named = CA.sign("CN=bob", "bob.example");
    for (String fips : new String[] {"true", "false"}) {
      String[] checked = {"ssl.clientHostnameVerification", "true", "fips-mode", fips};
      assertThat(failure(ALICE, checked)).isEqualTo("none");
      assertThat(failure(named, checked))
          .contains("CN=bob", "127.0.0.1", "ssl.clientHostnameVerification=false");
      assertThat(failure(named)).isEqualTo("none");
    }
  }

  @Test
  void newContentIsTakenHoweverItComesAndWhatIsBrokenIsNot() throws Exception {
    Path now = Files.createSymbolicLink(directory.resolve("..data"), directory);
    keys = now.resolve("server.p12");
    try (LogLines log = new LogLines();
        LiveTls tls = open()) {
      assertThat(server(tls).getSession()).isNotNull();
      tls.refresh();
      assertThat(log.count("New connections")).isZero();
      TestCertificates next = CA.sign("CN=next", Duration.ofDays(90), "localhost");
      Path other = Files.createDirectory(directory.resolve("other"));
      next.store(other.resolve("server.p12"), "PKCS12", "secret");
      Path swap = Files.createSymbolicLink(directory.resolve("swap"), other);
      Files.move(swap, now, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      tls.refresh();
      log.await(
          "CN=next, valid until "
              + next.leaf().getNotAfter().toInstant().toString().substring(0, 10),
          "stay");
      SSLEngine client = client(ALICE);
      shake(client, server(tls));
      assertThat(subject(client)).isEqualTo("CN=next");
      Files.write(keys, new byte[] {0x30, 1, 2});
      tls.refresh();
      tls.refresh();
      assertThat(log.count("cannot be used, so the old ones stay")).isEqualTo(1);
      client = client(ALICE);
      shake(client, server(tls));
      assertThat(subject(client)).isEqualTo("CN=next");
    }
  }

  @Test
  void whatIsExchangedIsSeenWithoutBeingAsked() throws Exception {
    try (LogLines log = new LogLines();
        LiveTls tls = open()) {
      tls.watch(new Guard(Throwable::printStackTrace), 10);
      Files.writeString(
          trust, CA.certificatePem() + TestCertificates.authority("CN=B").certificatePem());
      log.await("still CN=server,O=Paddock", "2 trusted certificates");
    }
  }

  @Test
  void aCertificateThatExpiresSoonIsWarnedOf() throws Exception {
    CA.sign("CN=brief", Duration.ofDays(12).plusHours(1)).store(keys, "PKCS12", "secret");
    try (LogLines log = new LogLines();
        LiveTls tls = open()) {
      assertThat(log.all("expires in 12 days, on ")).hasSize(1);
      assertThat(tls.daysLeft()).hasValue(12);
    }
    try (LogLines log = new LogLines();
        LiveTls tls =
            LiveTls.open(
                "ssl.",
                config(),
                false,
                Clock.fixed(Instant.now().plus(Duration.ofDays(13)), ZoneOffset.UTC))) {
      assertThat(log.all("has expired on ")).hasSize(1);
      assertThat(tls.daysLeft()).hasValue(-1);
    }
    // Those between servers, too.
    try (LogLines log = new LogLines();
        LiveTls tls = peer()) {
      assertThat(log.all("expires in 12 days, on ")).hasSize(1);
      assertThat(tls.daysLeft()).hasValue(12);
    }
  }

  @Test
  void aCertificateThatIsNotValidYetIsWarnedOfAsOneThatHasExpired() throws Exception {
    Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
    CA.signFrom(tomorrow, "CN=early").store(keys, "PKCS12", "secret");
    try (LogLines log = new LogLines();
        LiveTls tls = open()) {
      assertThat(log.all("The certificate CN=early in " + keys + " is not valid before "))
          .singleElement()
          .asString()
          .contains(
              tomorrow.toString().substring(0, 13),
              "so others refuse it",
              "set the clock",
              "taken without a restart");
      assertThat(tls.daysLeft()).isPresent();
    }
  }

  /** The time of a server that is moved on. */
  private static final class Hands extends Clock {
    private Instant now = Instant.now();

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public java.time.ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  private void shows(String subject, LiveTls tls) throws Exception {
    SSLEngine client = client(ALICE);
    shake(client, server(tls));
    assertThat(subject(client)).isEqualTo(subject);
  }

  @Test
  void aCertificateThatIsNotValidDoesNotTakeTheGoodOnesPlaceBeforeItIs() throws Exception {
    CA.sign("CN=good", Duration.ofDays(90)).store(keys, "PKCS12", "secret");
    Hands clock = new Hands();
    try (LogLines log = new LogLines();
        LiveTls tls = LiveTls.open("ssl.", config(), false, clock)) {
      CA.sign("CN=late", Duration.ofDays(-2)).store(keys, "PKCS12", "secret");
      tls.refresh();
      tls.refresh();
      assertThat(log.all("cannot be used, so the old ones stay"))
          .singleElement()
          .asString()
          .contains("The certificate CN=late in " + keys + " has expired on ");
      shows("CN=good", tls);
      CA.signFrom(clock.now.plus(Duration.ofDays(1)), "CN=early").store(keys, "PKCS12", "secret");
      tls.refresh();
      tls.refresh();
      assertThat(log.all("cannot be used, so the old ones stay"))
          .hasSize(2)
          .last()
          .asString()
          .contains("The certificate CN=early in " + keys + " is not valid before ");
      shows("CN=good", tls);
      clock.now = clock.now.plus(Duration.ofDays(1)).plusSeconds(2);
      tls.refresh();
      assertThat(log.all("New connections are served by the new stores of ssl.*: CN=early"))
          .hasSize(1);
      shows("CN=early", tls);
    }
  }

  @Test
  void ofTwoThatAreNotValidTheNewOneIsTaken() throws Exception {
    CA.sign("CN=late", Duration.ofDays(-2)).store(keys, "PKCS12", "secret");
    try (LogLines log = new LogLines();
        LiveTls tls = open()) {
      CA.sign("CN=later", Duration.ofDays(-1)).store(keys, "PKCS12", "secret");
      tls.refresh();
      assertThat(log.count("cannot be used")).isZero();
      shows("CN=later", tls);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {150, 200, 400})
  void howeverManyAuthoritiesAreBelievedTheirClientsComeThrough(int count) throws Exception {
    StringBuilder pem = new StringBuilder(CA.certificatePem());
    for (int i = 0; i < count; i++) {
      // 200 bytes each.
      String name = "CN=" + i + "x".repeat(160 - (i + "").length()) + ",O=0123456789abcdef";
      pem.append(TestCertificates.authority(name).certificatePem());
    }
    Files.writeString(trust, pem);
    SERVER_FOR_BOTH.store(keys, "PKCS12", "secret");
    try (LogLines log = new LogLines()) {
      comesThrough("ssl.enabledProtocols", "TLSv1.2");
      comesThrough("ssl.enabledProtocols", "TLSv1.3");
      // What fits is sent, which a client with several certificates needs.
      assertThat(log.count("CAs of ssl.trustStore.location have")).isEqualTo(count > 150 ? 2 : 0);
      try (LiveTls tls = peer()) {
        assertThat(shakePeers(tls, tls, "localhost", "localhost"))
            .isEqualTo("TLSv1.2 with CN=both");
      }
      assertThat(log.count("CAs of ssl.quorum.trustStore.location have"))
          .isEqualTo(count > 150 ? 1 : 0);
    }
    TestCertificates stranger = TestCertificates.authority("CN=Strange CA").sign("CN=mallory");
    assertThat(failure(stranger)).contains("lacks the CA");
  }

  @Test
  void aStoreThatOthersCanReadIsWarnedOf() throws Exception {
    try (LogLines log = new LogLines();
        LiveTls tls = open()) {
      assertThat(tls.daysLeft()).isPresent();
      assertThat(log.all("chmod")).isEmpty();
    }
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
    try (LogLines log = new LogLines();
        LiveTls tls = open()) {
      assertThat(tls.daysLeft()).isPresent();
      assertThat(log.all("chmod o-r " + keys)).hasSize(1);
    }
  }

  /** Both ends by the keys of servers. */
  private LiveTls peer(String... settings) throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", directory.toString());
    all.put("clientPort", "0");
    all.put("ssl.quorum.keyStore.location", keys.toString());
    all.put("ssl.quorum.keyStore.password", "secret");
    all.put("ssl.quorum.trustStore.location", trust.toString());
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return LiveTls.openForPeers(ZooCfg.of(all, Map.of()).peerTls().tls());
  }

  private String shakePeers(LiveTls one, LiveTls other, String host, String name) throws Exception {
    SSLEngine dialling = one.newDiallingEngine(ByteBufAllocator.DEFAULT, host, 3888, name);
    boolean dialled = true;
    try {
      SSLEngine accepting = server(other);
      shake(dialling, accepting);
      dialled = false;
      boolean known = accepting.getNeedClientAuth();
      String who = known ? subject(accepting) : "somebody";
      return dialling.getSession().getProtocol() + " with " + who;
    } catch (SSLException e) {
      return TlsWords.ofPeer(e, "server.2", dialled);
    }
  }

  @Test
  void serversSpeakTheOlderTlsInFipsModeAndTheNewerWithout() throws Exception {
    SERVER_FOR_BOTH.store(keys, "PKCS12", "secret");
    for (String[] settings :
        new String[][] {
          {"TLSv1.2"},
          {"TLSv1.3", "fips-mode", "false"},
          {"TLSv1.3", "ssl.quorum.protocol", "TLSv1.3"},
          {"TLSv1.2", "ssl.quorum.protocol", "TLSv1.3", "ssl.quorum.enabledProtocols", "TLSv1.2"}
        }) {
      String[] rest = java.util.Arrays.copyOfRange(settings, 1, settings.length);
      try (LiveTls one = peer(rest);
          LiveTls other = peer(rest)) {
        assertThat(shakePeers(one, other, "localhost", "localhost"))
            .isEqualTo(settings[0] + " with CN=both");
      }
    }
    try (LiveTls one = peer();
        LiveTls other = peer("ssl.quorum.enabledProtocols", "TLSv1.3")) {
      assertThat(shakePeers(one, other, "localhost", "localhost"))
          .contains("no version of TLS that both speak", "ssl.quorum.enabledProtocols");
    }
    assertThatThrownBy(() -> peer("ssl.quorum.protocol", "TLSv9"))
        .isInstanceOf(TlsException.class)
        .hasMessageContainingAll("ssl.quorum.protocol: TLSv9 is not known", "TLSv1.2");
  }

  private static final TestCertificates SERVER_FOR_BOTH =
      CA.sign("CN=both", "localhost", "127.0.0.1");

  @Test
  void whoIsDialledMustNameItsHostAndWhoDialsItsAddress() throws Exception {
    CA.sign("CN=zoo2", "zoo2.example", "127.0.0.1").store(keys, "PKCS12", "secret");
    for (String fips : new String[] {"true", "false"}) {
      try (LiveTls one = peer("fips-mode", fips);
          LiveTls other = peer("fips-mode", fips)) {
        assertThat(shakePeers(one, other, "zoo2.example", "zoo2.example")).endsWith("CN=zoo2");
        assertThat(shakePeers(one, other, "127.0.0.1", "127.0.0.1")).endsWith("CN=zoo2");
        // It said itself where it can be called; its line has the name.
        assertThat(shakePeers(one, other, "10.0.0.9", "zoo2.example")).endsWith("CN=zoo2");
        assertThat(shakePeers(one, other, "zoo3.invalid", "zoo3.invalid"))
            .contains("the certificate of server.2 does not name the host of its server line")
            .contains("zoo3.invalid", "it names zoo2.example, 127.0.0.1")
            .contains("ssl.quorum.hostnameVerification=false");
        try (LiveTls lax = peer("fips-mode", fips, "ssl.quorum.hostnameVerification", "false")) {
          assertThat(shakePeers(lax, other, "zoo3.invalid", "zoo3.invalid")).endsWith("CN=zoo2");
        }
      }
    }
  }

  /** Row 17 of the security sheet, section 12: since 3.9.6 callers are checked, by address. */
  @Test
  void aCallersCertificateWithNamesOnlyIsRefusedInFipsModeAndToldHowToMendIt() throws Exception {
    CA.sign("CN=names", "localhost").store(keys, "PKCS12", "secret");
    try (LiveTls one = peer();
        LiveTls other = peer()) {
      assertThat(refusal(one, other))
          .contains("the certificate of server.2 does not name where it comes from")
          .contains("it names localhost and not 127.0.0.1", "fips-mode=false")
          .contains("ssl.quorum.clientHostnameVerification=false");
    }
    try (LiveTls one = peer("fips-mode", "false");
        LiveTls other = peer("fips-mode", "false")) {
      // The name of the address is looked up.
      assertThat(shakePeers(one, other, "localhost", "localhost")).endsWith("CN=names");
    }
    try (LiveTls one = peer("ssl.quorum.clientHostnameVerification", "false");
        LiveTls other = peer("ssl.quorum.clientHostnameVerification", "false")) {
      assertThat(shakePeers(one, other, "localhost", "localhost")).endsWith("CN=names");
    }
  }

  /** What the listening end says of the one that dials. */
  private static String refusal(LiveTls one, LiveTls other) throws Exception {
    try {
      shake(
          one.newDiallingEngine(ByteBufAllocator.DEFAULT, "localhost", 3888, "localhost"),
          server(other));
      return "none";
    } catch (SSLException e) {
      return TlsWords.ofPeer(e, "server.2", false);
    }
  }

  @Test
  void whoDialsIsCheckedAgainstTheTrustStoreAndSoIsWhoIsDialledWithoutClientAuth()
      throws Exception {
    SERVER_FOR_BOTH.store(keys, "PKCS12", "secret");
    Path own = trust;
    Path strange = directory.resolve("strange.pem");
    Files.writeString(strange, TestCertificates.authority("CN=Strange CA").certificatePem());
    trust = strange;
    try (LiveTls doubting = peer("ssl.quorum.clientAuth", "none")) {
      trust = own;
      try (LiveTls trusting = peer("ssl.quorum.clientAuth", "none")) {
        assertThat(shakePeers(trusting, trusting, "localhost", "localhost"))
            .isEqualTo("TLSv1.2 with somebody");
        assertThat(shakePeers(doubting, trusting, "localhost", "localhost"))
            .contains("the certificate of server.2 is not believed (CN=both, issued by CN=Test CA")
            .contains("ssl.quorum.trustStore.location lacks the CA");
      }
      try (LiveTls trusting = peer()) {
        // Which asks nobody for a certificate.
        assertThat(shakePeers(trusting, doubting, "localhost", "localhost"))
            .isEqualTo("TLSv1.2 with somebody");
      }
    }
  }

  @Test
  void namesAreComparedByTheirKind() {
    CertificateNames names =
        CertificateNames.of(
            CA.sign("CN=x", "zoo1.example", "*.pod.example", "10.0.0.7", "::1").leaf());
    assertThat(names.has("ZOO1.example")).isTrue();
    assertThat(names.has("a.pod.example")).isTrue();
    assertThat(names.has("a.b.pod.example")).isFalse();
    assertThat(names.has("10.0.0.7")).isTrue();
    assertThat(names.has("0:0:0:0:0:0:0:1")).isTrue();
    assertThat(names.has("10.0.0.8")).isFalse();
    assertThat(names.has("x")).isFalse();
    assertThat(CertificateNames.of(CA.sign("CN=only,O=y").leaf()).has("only")).isTrue();
  }

  @Test
  void anAddressIsToldOfOnceAnHour() throws Exception {
    OncePerHour told = new OncePerHour();
    InetAddress one = InetAddress.getByName("10.0.0.1");
    InetAddress two = InetAddress.getByName("10.0.0.2");
    long now = System.nanoTime();
    long hour = TimeUnit.HOURS.toNanos(1);
    assertThat(told.isNew(one, "a", now)).isTrue();
    assertThat(told.isNew(one, "a", now + hour - 1)).isFalse();
    assertThat(told.isNew(one, "b", now)).isTrue();
    assertThat(told.isNew(two, "a", now)).isTrue();
    assertThat(told.isNew(one, "a", now + hour)).isTrue();
    assertThat(told.isNew(one, "a", now + hour + 1)).isFalse();
    for (int i = 0; i < 100; i++) {
      told.isNew(one, "certificate " + i, now + hour + 1);
    }
    assertThat(told.isNew(one, "certificate 1000", now + hour + 1)).as("made up").isFalse();
    assertThat(told.isNew(two, "b", now + hour + 1)).isTrue();
    assertThat(told.isNew(one, "c", now + 2 * hour + 1)).isTrue();
  }
}
