package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paddock.config.ZooCfg;
import io.paddock.doctor.Diagnosis;
import io.paddock.doctor.TlsCheck;
import io.paddock.server.PaddockServer;
import io.paddock.testkit.FreePorts;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code paddock tls init} makes, and that it is enough. */
@Timeout(240)
class TlsInitCommandTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void needKeytool() {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    assumeTrue(Files.isExecutable(keytool), "there is no " + keytool);
  }

  private int paddock(String... words) {
    return new CommandLine(new TlsCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words);
  }

  private int init(String... words) {
    return paddock(
        Stream.concat(Stream.of("init", directory.resolve("tls").toString()), Stream.of(words))
            .toArray(String[]::new));
  }

  private Path made(String name) {
    return directory.resolve("tls").resolve(name);
  }

  private X509Certificate certificate(String kind, String name) throws Exception {
    Path place = made(kind).resolve(name);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(place.resolve("keystore.p12"))) {
      keys.load(in, Files.readString(place.resolve("password")).toCharArray());
    }
    X509Certificate own = (X509Certificate) keys.getCertificate("key");
    String pem = Files.readString(place.resolve("keystore.pem"));
    X509Certificate same =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(
                        pem.substring(pem.indexOf("-----BEGIN CERT"))
                            .getBytes(StandardCharsets.US_ASCII)));
    assertThat(same).isEqualTo(own);
    return own;
  }

  /** Every file and directory below with its rights and its content. */
  private Map<String, String> snapshot() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(made(""))) {
      for (Path file : files.toList()) {
        String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        all.put(
            made("").relativize(file).toString(),
            rights
                + (Files.isDirectory(file)
                    ? ""
                    : " " + java.util.Arrays.hashCode(Files.readAllBytes(file))));
      }
    }
    return all;
  }

  @Test
  void allIsThereForThisUserAloneAndAFurtherRunOnlyAdds() throws Exception {
    assertThat(init("--hosts", "zoo1/10.0.0.1,fd00::2", "--client", "alice")).as(err + "").isZero();
    Map<String, String> first = snapshot();
    first.forEach(
        (file, rights) ->
            assertThat(rights)
                .as(file)
                .matches(Files.isDirectory(made(file)) ? "rwx------" : "rw------- -?[0-9]+"));
    assertThat(first)
        .containsKeys(
            "ca/servers-ca.p12",
            "ca/clients-ca.pem",
            "servers/zoo1/truststore-servers.p12",
            "servers/zoo1/servers-tls.cfg",
            "clients/alice/client.properties");
    assertThat(out.toString())
        .contains("  servers/zoo1     zoo1, 10.0.0.1, localhost, 127.0.0.1, ::1, valid until ")
        .contains("  clients/alice    x509:CN=alice, valid until ");

    assertThat(init("--hosts", "zoo1,zoo3", "--client", "bob")).as(err + "").isZero();
    Map<String, String> second = snapshot();
    assertThat(second).containsAllEntriesOf(first).containsKeys("servers/zoo3", "clients/bob");
    assertThat(out.toString()).contains("servers/zoo1  as it was, valid until ");
    X509Certificate bob = certificate("clients", "bob");
    assertThat(bob.getIssuerX500Principal())
        .isEqualTo(certificate("clients", "alice").getIssuerX500Principal())
        .isNotEqualTo(certificate("servers", "zoo3").getIssuerX500Principal());
    assertThat(bob.getSubjectX500Principal().getName()).isEqualTo("CN=bob");
    assertThat(bob.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
  }

  @Test
  void aServersCertificateNamesItAndItsMachineForBothDirections() throws Exception {
    assertThat(init("--hosts", "zoo1/10.0.0.1/zoo1.example", "--days", "10")).isZero();
    X509Certificate zoo1 = certificate("servers", "zoo1");
    assertThat(
            zoo1.getSubjectAlternativeNames().stream()
                .map(name -> name.get(1).toString())
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "zoo1", "10.0.0.1", "zoo1.example", "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(zoo1.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    long days =
        (zoo1.getNotAfter().getTime() - System.currentTimeMillis()) / (24L * 60 * 60 * 1000);
    assertThat(days).isBetween(9L, 10L);
  }

  @Test
  void aServerWithThePartOfItsZooCfgTakesTheClientAndNobodyElse() throws Exception {
    int port = FreePorts.one();
    assertThat(init("--hosts", "localhost", "--client", "alice", "--secure-port", port + ""))
        .as(err + "")
        .isZero();
    assertThat(out.toString())
        .as("all at once would part an ensemble that runs")
        .contains("three rounds of restarts", "sslQuorum=false and portUnification=true");
    Path place = made("servers/localhost");
    String part = Files.readString(place.resolve("clients-tls.cfg"));
    String base =
        "dataDir="
            + directory.resolve("data")
            + "\nsecureClientPortAddress=127.0.0.1\nadmin.enableServer=false";
    String pkcs12 = part.replaceAll("(?m)^ssl\\..*\n", "").replaceAll("(?m)^#ssl\\.", "ssl.");
    assertThat(part).as("appended to a file whose last line has no end").startsWith("\n#");
    assertThat(Files.readString(place.resolve("servers-tls.cfg"))).startsWith("\n#");
    for (String parts : List.of(part, pkcs12)) {
      Path config = Files.writeString(directory.resolve("zoo.cfg"), base + parts);
      assertThat(TlsCheck.server(config, Map.of()))
          .as(parts)
          .allMatch(line -> line.level() == Diagnosis.Level.OK);
      try (PaddockServer server = PaddockServer.start(ZooCfg.load(config, Map.of()), () -> {})) {
        Optional<Path> alice = Optional.of(made("clients/alice/client.properties"));
        assertThat(TlsCheck.client("localhost", port, alice, Map.of()))
            .allMatch(line -> line.level() == Diagnosis.Level.OK)
            .anyMatch(line -> line.finding().contains("x509:CN=alice"));
        assertThat(TlsCheck.client("localhost", port, Optional.empty(), Map.of()))
            .anyMatch(line -> line.level() == Diagnosis.Level.ERROR);
        assertThat(server.secureClientPort()).isEqualTo(port);
      }
    }
  }

  @Test
  void wrongWordsAreRefusedBeforeAnythingIsMade() {
    assertThat(init()).isEqualTo(2);
    assertThat(err.toString()).contains("for whom? --hosts zoo1,zoo2,zoo3");
    assertThat(init("--hosts", "zoo_1")).isEqualTo(2);
    assertThat(err.toString()).contains("\"zoo_1\" in zoo_1 is no host");
    assertThat(init("--hosts", "../zoo1")).isEqualTo(2);
    assertThat(init("--client", "../alice")).isEqualTo(2);
    assertThat(err.toString()).contains("\"../alice\" is no name for a client");
    assertThat(init("--hosts", "zoo1", "--days", "0")).isEqualTo(2);
    assertThat(made("")).doesNotExist();
    assertThat(paddock()).isEqualTo(2);
    assertThat(err.toString()).contains("which command: init or check?");
  }

  @Test
  void hostsAreNamedOnceAndByNamesThatCanBe() {
    assertThat(init("--hosts", "")).isEqualTo(2);
    assertThat(err.toString()).contains("--hosts names no host");
    assertThat(init("--hosts", " , ", "--client", "alice")).isEqualTo(2);
    assertThat(init("--hosts", "zoo1,ZOO1")).isEqualTo(2);
    assertThat(err.toString()).contains("ZOO1 stands twice in --hosts; further names");
    assertThat(init("--client", "alice", "--client", "alice")).isEqualTo(2);
    assertThat(err.toString()).contains("alice stands twice in --client");
    assertThat(init("--hosts", "a".repeat(300))).isEqualTo(2);
    assertThat(err.toString()).contains("...\" is no host: a name has at most 253 characters");
    assertThat(init("--hosts", "zoo1." + "a".repeat(64) + ".example")).isEqualTo(2);
    assertThat(init("--client", "c".repeat(65))).isEqualTo(2);
    String many = IntStream.range(0, 1001).mapToObj(i -> "z" + i).collect(Collectors.joining(","));
    assertThat(init("--hosts", many)).isEqualTo(2);
    assertThat(err.toString()).contains("1001 hosts are more than the 1000 that one run takes");
    assertThat(made("")).doesNotExist();
  }

  @Test
  void aRunThatIsStoppedLeavesWholeDirectoriesAloneAndTheNextOneMakesTheRest() throws Exception {
    Path left = made("servers/.making-1/.making-2");
    Files.createDirectories(left);
    Files.writeString(left.resolve("password"), "secret");
    CertificateFolder folder = new CertificateFolder(made(""), new Keytool(Launch.read().java()));
    try (Closeable lock = folder.begin()) {
      assertThat(lock).isNotNull();
      assertThat(made("servers/.making-1")).as("of a run that was killed").doesNotExist();
      assertThat(init("--hosts", "zoo1")).isEqualTo(1);
      assertThat(err.toString()).contains("another paddock tls init is at work there");
      folder.authorities();
      Thread working =
          new Thread(
              () -> {
                try {
                  folder.server(TlsHost.of("zoo1"), 10, 2281);
                } catch (IOException | java.security.GeneralSecurityException e) {
                  throw new IllegalStateException(e);
                }
              });
      working.start();
      Path servers = made("servers");
      while (working.isAlive() && SecretFiles.workshops(servers).isEmpty()) {
        Thread.onSpinWait();
      }
      folder.stop();
      assertThat(SecretFiles.workshops(servers)).isEmpty();
      assertThat(made("servers/zoo1/servers-tls.cfg")).exists();
      assertThatThrownBy(() -> folder.server(TlsHost.of("zoo2"), 10, 2281))
          .hasMessageContaining("a further run makes the rest");
      working.join();
    }
    assertThat(init("--hosts", "zoo1,zoo2")).as(err + "").isZero();
    assertThat(out.toString()).contains("servers/zoo1  as it was", "servers/zoo2  zoo2, localhost");
  }

  @Test
  void aLongRunSaysHowFarItIs() {
    AtomicLong seconds = new AtomicLong();
    MadeSoFar soFar =
        new MadeSoFar(
            new PrintWriter(err, true), 300, () -> TimeUnit.SECONDS.toNanos(seconds.get()));
    for (int i = 0; i < 300; i++) {
      seconds.set(i / 10 + 1);
      soFar.oneMore();
    }
    assertThat(err.toString().lines())
        .hasSizeBetween(8, 10)
        .allMatch(line -> line.matches("[0-9]+ of 300 made; [0-9]+ s left"));
    err.getBuffer().setLength(0);
    MadeSoFar quick = new MadeSoFar(new PrintWriter(err, true), 2, () -> 0);
    quick.oneMore();
    quick.oneMore();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatCannotBeWrittenIsToldInOneLine() throws IOException {
    Files.writeString(directory.resolve("tls"), "a file");
    assertThat(init("--hosts", "zoo1")).isEqualTo(1);
    assertThat(err.toString().lines()).singleElement().asString().contains("tls");
  }
}
