package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ZooCfg;
import io.paddock.server.PaddockServer;
import io.paddock.shell.ConnectionAdvisor;
import io.paddock.shell.ShellMain;
import io.paddock.tasks.ConnectAdvisor;
import io.paddock.testlib.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** What the shell and other programs on ZooKeeper's client say when TLS or a login fails. */
@Isolated("it sets system properties")
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(120)
class ClientAdviceTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA");
  private static final TestCertificates OTHER = TestCertificates.authority("CN=Other CA");

  @TempDir Path directory;
  private final Properties before = new Properties();

  @BeforeEach
  void keepProperties() {
    before.putAll(System.getProperties());
  }

  @AfterEach
  void resetProperties() {
    System.setProperties(before);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private PaddockServer server() throws Exception {
    file("zoo1.pem", CA.sign("CN=zoo1", "localhost", "127.0.0.1").pem());
    file("ca.pem", CA.certificatePem());
    Path config =
        file(
            "zoo.cfg",
            "dataDir=D/data\nclientPort=0\nclientPortAddress=127.0.0.1\nsecureClientPort=0\n"
                    .replace("D/", directory + "/")
                + "secureClientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                + stores("zoo1.pem", "ca.pem"));
    return PaddockServer.start(ZooCfg.load(config, Map.of()), () -> {});
  }

  private String stores(String own, String trusted) {
    return "ssl.keyStore.location=D/%s\nssl.trustStore.location=D/%s\n"
        .formatted(own, trusted)
        .replace("D/", directory + "/");
  }

  private static Optional<String> connection(int port) {
    return ServiceLoader.load(ConnectAdvisor.class)
        .findFirst()
        .orElseThrow()
        .connection("localhost", port, Optional.empty());
  }

  private static void tls(Path file) {
    System.setProperty("zookeeper.client.secure", "true");
    System.setProperty("paddock.client.tls", file.toString());
  }

  @Test
  void aConnectionThatFailsByTlsIsExplainedByTheClientsOwnStores() throws Exception {
    try (PaddockServer server = server()) {
      int secure = server.secureClientPort();
      assertThat(connection(secure)).contains("this port speaks TLS: use --tls FILE");
      assertThat(connection(server.clientPort())).isEmpty();

      file("alice.pem", CA.sign("CN=alice").pem());
      tls(file("alice.cfg", stores("alice.pem", "ca.pem")));
      assertThat(connection(secure)).as("comes through").isEmpty();
      assertThat(connection(server.clientPort()).orElseThrow())
          .contains("is a port for plain text, and the client speaks TLS", "secureClientPort");

      file("mallory.pem", OTHER.sign("CN=mallory").pem());
      tls(file("mallory.cfg", stores("mallory.pem", "ca.pem")));
      assertThat(connection(secure).orElseThrow())
          .contains("CN=mallory, which CN=Other CA has signed; it believes CN=Test CA");

      System.clearProperty("paddock.client.tls");
      System.setProperty(
          "zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty");
      System.setProperty("zookeeper.ssl.trustStore.location", directory + "/ca.pem");
      assertThat(connection(secure).orElseThrow())
          .as("stores of properties alone")
          .contains("wants a certificate of the client", "set ssl.keyStore.location");
    }
  }

  private static String shell(String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream out =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    ShellMain.run(
        arguments,
        InputStream.nullInputStream(),
        out,
        new PrintStream(err, true, StandardCharsets.UTF_8));
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aShellInPlainTextAtAPortForTlsIsToldSo() throws Exception {
    try (PaddockServer server = server()) {
      String at = "localhost:" + server.secureClientPort();
      assertThat(shell("-server", at, "-timeout", "3000", "ls", "/"))
          .contains("ConnectionLoss", "  " + at + ": this port speaks TLS: use --tls FILE");
    }
  }

  @Test
  void aLoginThatCannotSucceedIsToldBeforeTheShellGoesOnWithoutIt() throws Exception {
    assertThat(advisor().login(Optional.empty())).as("nothing asks for one").isEmpty();

    login("gone.jaas");
    assertThat(login()).contains("gone.jaas").contains("java.security.auth.login.config");

    file("other.jaas", jaas("client"));
    login("other.jaas");
    assertThat(login()).contains("lacks the section Client", "it has client, and case matters");

    file("alice.jaas", jaas("Client"));
    login("alice.jaas");
    assertThat(login()).contains("asks for DIGEST-MD5", "-Dzookeeper.fips-mode=false");
    Path properties = file("client.properties", "zookeeper.fips-mode=false\n");
    assertThat(advisor().login(Optional.of(properties))).as("as it should be").isEmpty();

    try (PaddockServer server = server()) {
      String at = "localhost:" + server.clientPort();
      assertThat(shell("-server", at, "-timeout", "3000", "ls", "/"))
          .contains("The login by SASL cannot succeed: section Client asks for DIGEST-MD5");
    }
  }

  private void login(String file) {
    System.setProperty("java.security.auth.login.config", directory.resolve(file).toString());
  }

  private static ConnectionAdvisor advisor() {
    return ServiceLoader.load(ConnectionAdvisor.class).findFirst().orElseThrow();
  }

  private static String login() {
    return advisor().login(Optional.empty()).orElseThrow();
  }

  private static String jaas(String section) {
    return section
        + " {\n  org.apache.zookeeper.server.auth.DigestLoginModule required\n"
        + "    username=\"alice\"\n    password=\"secret\";\n};\n";
  }
}
