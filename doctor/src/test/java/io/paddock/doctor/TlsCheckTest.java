package io.paddock.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ZooCfg;
import io.paddock.server.PaddockServer;
import io.paddock.testlib.TestCertificates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users get wrong with TLS (security sheet, section 12), each found with cause and remedy. */
@Timeout(120)
class TlsCheckTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA");
  private static final TestCertificates OTHER_CA = TestCertificates.authority("CN=Other CA");
  private static final TestCertificates SERVER = CA.sign("CN=zoo1", "localhost", "127.0.0.1");
  private static final TestCertificates ALICE = CA.sign("CN=alice,O=Paddock");

  @TempDir Path directory;

  @BeforeEach
  void makeStores() throws IOException {
    secret("zoo1.pem", SERVER.pem());
    secret("ca.pem", CA.certificatePem());
    secret("alice.pem", ALICE.pem());
    secret(
        "alice.cfg",
        "zookeeper.ssl.keyStore.location=alice.pem\nzookeeper.ssl.trustStore.location=ca.pem\n");
  }

  private Path secret(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name), rooted(text));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** Names of files are those of this directory. */
  private String rooted(String text) {
    return text.replaceAll(
        "(?m)((?:location|passwordPath)=|keyTab=\")(?=[^/])", "$1" + directory + "/");
  }

  /** Level, subject, finding and remedy of each line. */
  private static List<String> lines(List<Diagnosis> found) {
    return found.stream()
        .map(d -> d.level() + " " + d.subject() + ": " + d.finding() + " -> " + d.remedy())
        .toList();
  }

  private List<String> server(String... lines) throws IOException {
    return server(Map.of(), lines);
  }

  private List<String> server(Map<String, String> properties, String... lines) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", directory.resolve("data").toString());
    all.put("secureClientPort", "0");
    all.put("ssl.keyStore.location", "zoo1.pem");
    all.put("ssl.trustStore.location", "ca.pem");
    for (String line : lines) {
      all.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
    StringBuilder text = new StringBuilder();
    all.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    return lines(TlsCheck.server(secret("zoo.cfg", text.toString()), properties));
  }

  private static void assertFound(List<String> lines, String level, String... words) {
    assertThat(lines)
        .anyMatch(
            line -> line.startsWith(level) && List.of(words).stream().allMatch(line::contains));
  }

  // --- the server's own stores
  // --------------------------------------------------------------------------

  @Test
  void storesThatAreWellAreOneLineEach() throws IOException {
    assertThat(server())
        .singleElement()
        .asString()
        .startsWith("OK TLS clients: for clients as CN=zoo1, valid until ")
        .contains("zoo1.pem); names localhost", "127.0.0.1; believes 1 certificate of ")
        .endsWith("ca.pem -> ");
  }

  @Test
  void passwordsThatEverybodyCanReadAreOneFindingWithItsRemedy() throws IOException {
    SERVER.store(directory.resolve("zoo1.p12"), "PKCS12", "secret");
    Path file =
        Files.writeString(
            directory.resolve("open.cfg"),
            rooted(
                "clientPort=0\nsecureClientPort=0\ndataDir="
                    + directory
                    + "/data\nssl.keyStore.location=zoo1.p12\nssl.keyStore.password=secret\n"
                    + "ssl.trustStore.location=zoo1.p12\nssl.trustStore.password=secret\n"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    for (List<Diagnosis> found :
        List.of(TlsCheck.server(file, Map.of()), Doctor.examine(file, Map.of()))) {
      assertThat(lines(found))
          .filteredOn(
              line -> line.contains("can be read by every user") && line.contains("open.cfg"))
          .singleElement()
          .asString()
          .contains(
              file + " can be read",
              "ssl.keyStore.password, ssl.trustStore.password",
              "-> chmod o-r " + file);
    }
  }

  @Test
  void anExpiredCertificateOfAClientHasARemedyForClients() throws IOException {
    secret("late.pem", CA.sign("CN=alice", Duration.ofDays(-2)).pem());
    Path client =
        secret("late.cfg", "ssl.keyStore.location=late.pem\nssl.trustStore.location=ca.pem\n");
    assertThat(lines(TlsCheck.client("localhost", 1, Optional.of(client), Map.of())))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("has expired on", "-> have a new one made, and put it into the file")
                    .doesNotContain("Paddock server"));
  }

  @Test
  void aCertificateThatNamesNobodyUsefulIsToldSo() throws IOException {
    secret("bare.pem", CA.sign("CN=zoo1").pem());
    assertFound(
        server("ssl.keyStore.location=bare.pem"),
        "WARN TLS clients",
        "CN=zoo1 has no subject alternative names",
        "DNS:");
    secret("else.pem", CA.sign("CN=zoo1", "elsewhere.example").pem());
    assertFound(
        server("ssl.keyStore.location=else.pem"),
        "WARN TLS clients",
        "names elsewhere.example, and neither this machine nor any address of it");
  }

  @Test
  void aConfigurationThatAsksForSaslNeedsTheSection() throws IOException {
    Path jaas =
        secret(
            "server.jaas",
            "server {\n org.apache.zookeeper.server.auth.DigestLoginModule required\n"
                + " user_alice=\"secret\";\n};\n");
    for (String key :
        List.of(
            "authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
            "superUser=alice")) {
      assertFound(
          server(key, "java.security.auth.login.config=" + jaas, "fips-mode=false"),
          "ERROR JAAS",
          "lacks the section Server",
          "it has server, and case matters");
    }
  }

  @Test
  void aConfigurationWithoutTlsIsToldSo() throws IOException {
    Path file = secret("zoo.cfg", "clientPort=0\ndataDir=" + directory + "\n");
    assertThat(lines(TlsCheck.server(file, Map.of())))
        .singleElement()
        .asString()
        .contains("no key of", "asks for it; ./paddock tls init is a start");
  }

  /** Row 6. */
  @ParameterizedTest
  @CsvSource({
    "ssl.keyStore.type=JKS, is read as JKS, set ssl.keyStore.type=PEM",
    "ssl.keyStore.location=ca.pem, holds no private key, cat key.pem",
    "ssl.keyStore.location=gone.pem, there is no such file, correct it",
    "ssl.keyStore.location=zoo1.p12, needs a password, set ssl.keyStore.password",
    "ssl.keyStore.location=old.pem, its key is a RSA PRIVATE KEY, openssl pkcs8 -topk8",
    "ssl.keyStore.location=swapped.pem, does not go with the first certificate, must come first",
    "ssl.trustStore.location=empty.pem, holds no certificate that is trusted, keytool -importcert",
    "ssl.clientAuth=maybe, must be one of none, does not start",
    "ssl.enabledProtocols=TLSv9, TLSv9 is not known, TLSv1.3",
    "ssl.ciphersuites=TLS_NONE, TLS_NONE is not known, TLS_AES_128_GCM_SHA256",
  })
  void aStoreOrNameThatCannotBeUsedIsToldWithItsRemedy(String line, String cause, String remedy)
      throws IOException {
    SERVER.store(directory.resolve("zoo1.p12"), "PKCS12", "secret");
    secret("old.pem", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    secret("swapped.pem", CA.certificatePem() + SERVER.pem());
    secret("empty.pem", "no certificate\n");
    assertFound(server(line), "ERROR", cause, remedy);
  }

  @Test
  void aBundleOfAuthoritiesBehindTheOwnCertificateIsTakenInWhateverOrder() throws IOException {
    TestCertificates between = CA.signAuthority("CN=Between");
    TestCertificates zoo1 = between.sign("CN=zoo1", "localhost");
    secret(
        "bundle.pem",
        leafOnly(zoo1)
            + OTHER_CA.certificatePem()
            + CA.certificatePem()
            + leafOnly(between).replaceFirst("(?s)^.*?-----BEGIN CERT", "-----BEGIN CERT"));
    assertThat(server("ssl.keyStore.location=bundle.pem"))
        .singleElement()
        .asString()
        .startsWith("OK TLS clients: for clients as CN=zoo1");
  }

  @Test
  void aWrongPasswordIsToldAndNotShown() throws IOException {
    SERVER.store(directory.resolve("zoo1.p12"), "PKCS12", "secret");
    List<String> found = server("ssl.keyStore.location=zoo1.p12", "ssl.keyStore.password=Wr0ng1");
    assertFound(found, "ERROR TLS clients", "does not open with the password that is set");
    assertThat(String.join("\n", found)).doesNotContain("Wr0ng1");
  }

  @Test
  void blanksInListsAreToldSinceApachesServerTakesThemAsPartOfTheNames() throws IOException {
    assertFound(
        server("ssl.enabledProtocols=TLSv1.2, TLSv1.3"),
        "WARN configuration",
        "ssl.enabledProtocols",
        "blank");
  }

  @Test
  void certificatesThatExpireAreToldWithTheDay() throws IOException {
    secret("soon.pem", CA.sign("CN=zoo1", Duration.ofDays(10), "localhost").pem());
    assertFound(
        server("ssl.keyStore.location=soon.pem"),
        "WARN TLS clients",
        "the certificate CN=zoo1 in",
        "expires in 9 days, on ",
        "put a new one into the file");
    secret("late.pem", CA.sign("CN=zoo1", Duration.ofDays(-2), "localhost").pem());
    assertFound(server("ssl.keyStore.location=late.pem"), "ERROR TLS clients", "has expired on ");
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("data/myid"), "1");
    List<String> between =
        server(
            "server.1=127.0.0.1:2888:3888",
            "standaloneEnabled=false",
            "initLimit=10",
            "syncLimit=5",
            "sslQuorum=true",
            "ssl.quorum.keyStore.location=soon.pem",
            "ssl.quorum.trustStore.location=ca.pem");
    assertFound(between, "WARN TLS servers", "expires in 9 days, on ");
    assertFound(between, "OK TLS clients");
  }

  /** Row 5. */
  @Test
  void aCertificateWhoseAuthorityIsNotTrustedIsToldWithBothNames() throws IOException {
    secret("other.pem", OTHER_CA.sign("CN=zoo1", "localhost").pem());
    assertFound(
        server("ssl.keyStore.location=other.pem"),
        "WARN TLS clients",
        "CN=Other CA",
        "ca.pem lacks it; it holds CN=Test CA",
        "add that CA to ssl.trustStore.location");
  }

  @Test
  void anAuthorityThatWasMadeAnewUnderItsOldNameIsToldSo() throws IOException {
    secret("new-ca.pem", TestCertificates.authority("CN=Test CA").certificatePem());
    // Without the authority's own certificate behind it.
    secret("leaf.pem", leafOnly(SERVER));
    assertFound(
        server("ssl.keyStore.location=leaf.pem", "ssl.trustStore.location=new-ca.pem"),
        "WARN TLS clients",
        "CN=zoo1 was signed by another key than that of CN=Test CA",
        "made anew, under its old name");
  }

  private static String leafOnly(TestCertificates certificates) {
    String pem = certificates.pem();
    String end = "-----END CERTIFICATE-----\n";
    return pem.substring(0, pem.indexOf(end) + end.length());
  }

  @Test
  void anIntermediateAuthorityThatIsNotShownIsMissed() throws IOException {
    TestCertificates between = CA.signAuthority("CN=Between");
    secret("leaf.pem", leafOnly(between.sign("CN=zoo1", "localhost")));
    secret("both.pem", between.certificatePem());
    assertFound(
        server("ssl.keyStore.location=leaf.pem", "ssl.trustStore.location=both.pem"),
        "WARN TLS clients",
        "CN=zoo1 was signed by the intermediate CA CN=Between, which",
        "leaf.pem lacks",
        "append that CA's certificate");
  }

  @Test
  void aCertificateThatIsNotForServersIsRefused() throws IOException {
    secret("client.pem", CA.signFor(List.of("clientAuth"), "CN=zoo1", "localhost").pem());
    assertFound(
        server("ssl.keyStore.location=client.pem"),
        "ERROR TLS clients",
        "CN=zoo1 is not for serverAuth");
    secret(
        "both.pem", CA.signFor(List.of("clientAuth", "serverAuth"), "CN=zoo1", "localhost").pem());
    assertThat(server("ssl.keyStore.location=both.pem")).allMatch(line -> line.startsWith("OK"));
  }

  @Test
  void filesThatOthersCanReadAreWarnedOf() throws IOException {
    SERVER.store(directory.resolve("zoo1.p12"), "PKCS12", "secret");
    Path password = secret("password", "secret");
    for (String file : List.of("zoo1.p12", "password")) {
      Files.setPosixFilePermissions(
          directory.resolve(file), PosixFilePermissions.fromString("rw-r--r--"));
    }
    List<String> found =
        server("ssl.keyStore.location=zoo1.p12", "ssl.keyStore.passwordPath=password");
    assertFound(found, "WARN TLS clients", "zoo1.p12 can be read by every user", "chmod o-r");
    assertFound(found, "WARN TLS clients", password + " can be read by every user");
  }

  /** Row 16. */
  @Test
  void aSuperUserWhoseSubjectIsWrittenOtherwiseThanWhoamiShowsItNeverMatches() throws IOException {
    assertFound(
        server("X509AuthenticationProvider.superUser=CN=root, O=Example"),
        "ERROR x509",
        "never matches",
        "CN=root,O=Example");
    assertFound(server("X509AuthenticationProvider.superUser=root"), "ERROR x509", "is no subject");
    assertThat(server("X509AuthenticationProvider.superUser=CN=root,O=Example")).hasSize(1);
  }

  /** Row 4, from the side of those who connect. */
  @Test
  void aCertificateThatLacksTheNameInTheOwnServerLineIsWarnedOf() throws IOException {
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("data/myid"), "1");
    String[] lines = {
      "initLimit=10",
      "syncLimit=5",
      "server.1=zoo1.example:2888:3888",
      "server.2=zoo2.invalid:2888:3888",
      "server.3=zoo3.invalid:2888:3888"
    };
    assertFound(
        server(lines),
        "WARN TLS clients",
        "names localhost, 127.0.0.1, and not zoo1.example as the line server.1",
        "DNS:zoo1.example");
  }

  // --- as a client
  // --------------------------------------------------------------------------------------

  private PaddockServer start(String... more) throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", directory.resolve("data").toString());
    all.put("secureClientPort", "0");
    all.put("secureClientPortAddress", "127.0.0.1");
    all.put("ssl.keyStore.location", directory.resolve("zoo1.pem").toString());
    all.put("ssl.trustStore.location", directory.resolve("ca.pem").toString());
    all.put("admin.enableServer", "false");
    all.put("preAllocSize", "64");
    for (String line : more) {
      all.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
    return PaddockServer.start(ZooCfg.of(all, Map.of()), () -> {});
  }

  private List<String> client(String host, int port, String file) {
    return lines(
        TlsCheck.client(host, port, Optional.ofNullable(file).map(directory::resolve), Map.of()));
  }

  @Test
  void aClientThatIsWellIsToldWhoItIsAndWhoAnswers() throws Exception {
    try (PaddockServer server = start()) {
      List<String> found = client("localhost", server.secureClientPort(), "alice.cfg");
      assertThat(found).allMatch(line -> line.startsWith("OK"));
      assertFound(found, "OK", "shows the certificate CN=zoo1, which names localhost");
      assertFound(found, "OK", "in ACLs it is x509:CN=alice,O=Paddock");
      assertFound(found, "OK", "serves as standalone");
    }
  }

  /** Rows 1 and 2. */
  @Test
  void aPlainPortAndATlsPortAreToldApart() throws Exception {
    try (PaddockServer server = start("clientPort=0", "clientPortAddress=127.0.0.1")) {
      assertFound(
          client("localhost", server.clientPort(), "alice.cfg"),
          "ERROR",
          "is a port for plain text, and the client speaks TLS",
          "secureClientPort");
      assertFound(
          client("localhost", server.clientPort(), null), "OK", "speaks plain text, not TLS");
    }
    secret("hangs.cfg", "zookeeper.client.secure=true\n");
    assertFound(
        client("localhost", 1, "hangs.cfg"), "ERROR client", "ClientCnxnSocketNetty", "hangs");
  }

  /** Row 3. */
  @Test
  void aServerThatWantsACertificateIsToldFromOneThatDoesNot() throws Exception {
    try (PaddockServer server = start()) {
      assertFound(
          client("localhost", server.secureClientPort(), null),
          "ERROR",
          "wants a certificate of the client (ssl.clientAuth=need), and there is none",
          "--tls FILE");
    }
    try (PaddockServer server = start("ssl.clientAuth=want")) {
      List<String> found = client("localhost", server.secureClientPort(), null);
      assertFound(found, "OK", "goes on without (ssl.clientAuth=want)");
      assertThat(found).noneMatch(line -> line.startsWith("ERROR"));
    }
    try (PaddockServer server = start("ssl.clientAuth=none")) {
      assertFound(
          client("localhost", server.secureClientPort(), "alice.cfg"),
          "WARN",
          "asks for no certificate, so nobody is known by one here");
    }
  }

  /** Row 4. */
  @Test
  void aNameThatTheServersCertificateLacksIsToldWithTheNamesThatItHas() throws Exception {
    secret("zoo1.pem", CA.sign("CN=zoo1", "zoo1.example").pem());
    try (PaddockServer server = start()) {
      assertFound(
          client("127.0.0.1", server.secureClientPort(), "alice.cfg"),
          "ERROR",
          "its certificate CN=zoo1 names zoo1.example, and not 127.0.0.1",
          "IP:127.0.0.1");
      secret(
          "lax.cfg",
          "ssl.keyStore.location=alice.pem\nssl.trustStore.location=ca.pem\n"
              + "ssl.hostnameVerification=false\n");
      assertThat(client("127.0.0.1", server.secureClientPort(), "lax.cfg"))
          .noneMatch(line -> line.startsWith("ERROR"));
    }
  }

  /** Row 5, both ways. */
  @Test
  void theSideThatLacksAnAuthorityIsNamed() throws Exception {
    secret("other-ca.pem", OTHER_CA.certificatePem());
    secret(
        "unbelieving.cfg",
        "ssl.keyStore.location=alice.pem\nssl.trustStore.location=other-ca.pem\n");
    secret("mallory.pem", OTHER_CA.sign("CN=mallory").pem());
    secret("mallory.cfg", "ssl.keyStore.location=mallory.pem\nssl.trustStore.location=ca.pem\n");
    try (PaddockServer server = start()) {
      assertFound(
          client("localhost", server.secureClientPort(), "unbelieving.cfg"),
          "ERROR",
          "CN=Test CA",
          "other-ca.pem lacks it; it holds CN=Other CA",
          "ssl.trustStore.location of the client");
      assertFound(
          client("localhost", server.secureClientPort(), "mallory.cfg"),
          "ERROR",
          "does not take the client's certificate CN=mallory, which CN=Other CA has signed; it"
              + " believes CN=Test CA",
          "ssl.trustStore.location of the server");
    }
  }

  /** Row 18. */
  @Test
  void aServerThatShowsAnotherCertificateThanItsFileHoldsIsTold() throws Exception {
    try (PaddockServer server = start()) {
      secret("next.pem", CA.sign("CN=zoo1", "localhost").pem());
      assertFound(
          server(
              "secureClientPort=" + server.secureClientPort(),
              "secureClientPortAddress=127.0.0.1",
              "ssl.keyStore.location=next.pem"),
          "WARN TLS clients",
          "shows another certificate than the file holds");
    }
  }

  @Test
  void nobodyAndNothingAtAPortAreTold() throws Exception {
    assertFound(client("zoo1.invalid", 2281, null), "ERROR", "no such host: zoo1.invalid");
    try (PaddockServer server = start()) {
      int port = server.secureClientPort();
      server.close();
      assertFound(client("localhost", port, "alice.cfg"), "ERROR", "refused");
    }
    assertFound(client("localhost", 1, "gone.cfg"), "ERROR client", "gone.cfg");
  }

  // --- logins
  // -------------------------------------------------------------------------------------------

  private List<String> jaas(String text, String... lines) throws IOException {
    Path file = secret("jaas.conf", text);
    return server(
        Map.of(
            "java.security.auth.login.config",
            file.toString(),
            "zookeeper.sasl.serverconfig",
            "Server"),
        lines);
  }

  private static final String DIGEST =
      "Server {\n  org.apache.zookeeper.server.auth.DigestLoginModule required\n"
          + "  user_bob=\"S3cret\";\n};\n";

  /** Row 7. */
  @Test
  void digestMd5InFipsModeIsToldWithTheKeyForIt() throws IOException {
    assertFound(
        jaas(DIGEST),
        "ERROR JAAS",
        "Server asks for DIGEST-MD5, which fips-mode=true",
        "fips-mode=false");
    assertThat(jaas(DIGEST, "fips-mode=false")).noneMatch(line -> line.startsWith("ERROR"));
  }

  /** Row 8. */
  @Test
  void aSectionThatIsMissingIsToldWithThoseThatAreThere() throws IOException {
    List<String> found = jaas(DIGEST.replace("Server", "server"), "fips-mode=false");
    assertFound(found, "OK JAAS", "has server");
    assertFound(found, "ERROR JAAS", "lacks the section Server", "it has server, and case matters");
    Path file = secret("other.conf", DIGEST.replace("Server", "Other"));
    assertFound(
        server(Map.of("java.security.auth.login.config", file.toString()), "fips-mode=false"),
        "WARN JAAS",
        "lacks the section Server, for clients");
  }

  @Test
  void aJaasFileThatDoesNotParseIsToldWithoutWhatStandsInIt() throws IOException {
    for (String broken :
        List.of(
            DIGEST.replace("\";", "\""),
            DIGEST.replace("user_bob=\"S3cret\";", "user_bob \"S3cret\";"),
            DIGEST.replace("user_bob=\"S3cret\"", "user_bob=\"x\" \"S3cret\""),
            DIGEST.replace("\"S3cret\";", "\"S3cret;"))) {
      List<String> found = jaas(broken);
      assertFound(found, "ERROR JAAS", "cannot be read: ", "each module ends with ;");
      assertThat(String.join("\n", found)).doesNotContain("S3cret");
    }
  }

  @Test
  void aJaasFileWithPasswordsThatOthersCanReadIsWarnedOf() throws IOException {
    Path file = secret("open.conf", DIGEST);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    List<String> found =
        server(Map.of("java.security.auth.login.config", file.toString()), "fips-mode=false");
    assertFound(found, "WARN JAAS", "holds passwords and can be read", "chmod o-r");
  }

  /** Rows 9 to 12, as far as files tell. */
  @Test
  void aPrincipalThatTheKeytabLacksIsToldWithThoseThatItHolds() throws IOException {
    Files.write(directory.resolve("zoo.keytab"), keytab(3, "EXAMPLE", "zookeeper", "zoo1.example"));
    Files.setPosixFilePermissions(
        directory.resolve("zoo.keytab"), PosixFilePermissions.fromString("rw-------"));
    String section =
        "Server {\n  com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true\n"
            + "  keyTab=\"zoo.keytab\" storeKey=true\n  principal=\"PRINCIPAL\";\n};\n";
    assertFound(
        jaas(section.replace("PRINCIPAL", "zookeeper/localhost@EXAMPLE")),
        "ERROR JAAS",
        "names the principal zookeeper/localhost@EXAMPLE, and ",
        "zoo.keytab holds zookeeper/zoo1.example@EXAMPLE (key version 3)",
        "ktadd");
    assertFound(
        jaas(section.replace("PRINCIPAL", "zookeeper")),
        "ERROR JAAS",
        "the principal zookeeper without a host");
    assertThat(jaas(section.replace("PRINCIPAL", "zookeeper/zoo1.example@EXAMPLE")))
        .noneMatch(line -> line.startsWith("ERROR"));
    assertFound(
        jaas(section.replace("zoo.keytab", "gone.keytab")),
        "ERROR JAAS",
        "gone.keytab: there is no such file");
    Files.writeString(directory.resolve("zoo.keytab"), "no keytab");
    assertFound(jaas(section), "ERROR JAAS", "zoo.keytab: it is no keytab");
  }

  @Test
  void aClientIsToldWhoseTicketItWillAskFor() throws IOException {
    Path file =
        secret(
            "client.conf",
            "Client {\n  com.sun.security.auth.module.Krb5LoginModule required"
                + " useTicketCache=true;\n};\n");
    Map<String, String> properties =
        Map.of(
            "java.security.auth.login.config",
            file.toString(),
            "zookeeper.sasl.client.canonicalize.hostname",
            "false");
    assertFound(
        lines(TlsCheck.client("localhost", 1, Optional.empty(), properties)),
        "WARN JAAS",
        "the client asks for a ticket of zookeeper/localhost, whom hardly a KDC knows",
        "zookeeper.server.principal");
    assertFound(
        lines(TlsCheck.client("zoo1.invalid", 1, Optional.empty(), properties)),
        "OK JAAS",
        "the client asks for a ticket of zookeeper/zoo1.invalid; the server's principal must be");
  }

  /** One key, as MIT's tools write it. */
  private static byte[] keytab(int version, String realm, String... components) {
    ByteBuffer entry = ByteBuffer.allocate(1024);
    entry.putShort((short) components.length);
    List<String> texts = new ArrayList<>(List.of(realm));
    texts.addAll(List.of(components));
    for (String text : texts) {
      entry.putShort((short) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }
    entry.putInt(1).putInt(0).put((byte) version).putShort((short) 18).putShort((short) 32);
    entry.put(new byte[32]).putInt(version);
    entry.flip();
    ByteBuffer file = ByteBuffer.allocate(2048);
    file.putShort((short) 0x502);
    // A hole, where an entry was removed.
    file.putInt(-8).put(new byte[8]);
    file.putInt(entry.remaining()).put(entry).flip();
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return bytes;
  }
}
