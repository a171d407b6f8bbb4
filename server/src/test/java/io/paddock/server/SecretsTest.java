package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import io.paddock.testlib.RawSocket;
import io.paddock.testlib.TestCertificates;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No password shows up where somebody can see it; and the operators' ports by HTTPS. */
@Timeout(120)
class SecretsTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA");
  private static final TestCertificates SERVER = CA.sign("CN=zoo1", "localhost", "127.0.0.1");
  private static final String SECRET = "S3cret";
  private static final List<String> WORDS =
      List.of(
          "conf cons crst dirs dump envi gtmk hash isro mntr ruok srst srvr stat wchc wchp wchs"
              .split(" "));

  @TempDir Path directory;

  private Map<String, String> settings() throws Exception {
    SERVER.store(directory.resolve("zoo1.p12"), "PKCS12", SECRET);
    CA.trustStore(directory.resolve("ca.p12"), "PKCS12", SECRET);
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("dataDir", directory.resolve("data").toString());
    settings.put("clientPort", "0");
    settings.put("clientPortAddress", "127.0.0.1");
    settings.put("client.portUnification", "true");
    for (String prefix : List.of("ssl.", "ssl.quorum.", "metricsProvider.ssl.")) {
      settings.put(prefix + "keyStore.location", directory.resolve("zoo1.p12").toString());
      settings.put(prefix + "keyStore.password", SECRET);
      settings.put(prefix + "trustStore.location", directory.resolve("ca.p12").toString());
      settings.put(prefix + "trustStore.password", SECRET);
    }
    settings.put("SASLAuthenticationProvider.superPassword", SECRET + "1");
    settings.put("some.other.Password", SECRET + "2");
    settings.put("com.example.TokenProvider.secret", SECRET + "6");
    settings.put("DigestAuthenticationProvider.superDigest", "super:" + SECRET + "7");
    settings.put("admin.serverAddress", "127.0.0.1");
    settings.put("admin.serverPort", "0");
    settings.put("admin.portUnification", "true");
    settings.put(
        "metricsProvider.className",
        "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider");
    settings.put("metricsProvider.httpHost", "127.0.0.1");
    settings.put("metricsProvider.ssl.need.client.auth", "false");
    settings.put("4lw.commands.whitelist", "*");
    settings.put("preAllocSize", "64");
    return settings;
  }

  private ZooCfg config(Map<String, String> settings) throws Exception {
    StringBuilder text = new StringBuilder("#ssl.keyStore.password=" + SECRET + "3\n");
    settings.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
    Path file = Files.writeString(directory.resolve("zoo.cfg"), text);
    Map<String, String> properties = new HashMap<>();
    properties.put("zookeeper.ssl.quorum.keyStore.password", SECRET + "4");
    properties.put("javax.net.ssl.keyStorePassword", SECRET + "5");
    properties.put("com.example.TokenProvider.apiKey", SECRET + "8");
    properties.put("harmless", "shown");
    return ZooCfg.load(file, properties);
  }

  private static HttpClient https() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", CA.leaf());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private static String get(HttpClient client, String url) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(url)).header("Authorization", "digest a:b").build(),
            HttpResponse.BodyHandlers.ofString());
    return answer.headers().map() + "\n" + answer.body();
  }

  private Map<String, String> withLogins(String jaas) throws Exception {
    Map<String, String> settings = settings();
    Path data = Files.createDirectories(directory.resolve("data"));
    Files.writeString(data.resolve("myid"), "1\n");
    settings.put("server.1", "127.0.0.1:" + LowPorts.free() + ":" + LowPorts.free());
    settings.put("standaloneEnabled", "false");
    settings.put("initLimit", "10");
    settings.put("syncLimit", "5");
    settings.put("fips-mode", "false");
    for (String flag : List.of("enableSasl", "learnerRequireSasl", "serverRequireSasl")) {
      settings.put("quorum.auth." + flag, "true");
    }
    settings.put("authProvider.1", "org.apache.zookeeper.server.auth.SASLAuthenticationProvider");
    Path file = Files.writeString(directory.resolve("jaas.conf"), jaas);
    settings.put("java.security.auth.login.config", file.toString());
    return settings;
  }

  private static final String JAAS =
      """
      Server { a.DigestLoginModule required user_ann="S3cret-ann"; };
      QuorumServer { a.DigestLoginModule required user_zk="S3cret-zk"; };
      QuorumLearner { a.DigestLoginModule required username="zk" password="S3cret-zk"; };
      """;

  @Test
  void noLogNoWordAndNoCommandShowsAPassword() throws Exception {
    noneIsShown(settings());
  }

  @Test
  void nothingShowsAPasswordByWhichServersAndClientsLogIn() throws Exception {
    assertThat(noneIsShown(withLogins(JAAS)))
        .contains("SASL of clients is on", "SASL between servers: others log in by DIGEST-MD5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QuorumServer { a.DigestLoginModule required user_zk=\"S3cret; };",
        "QuorumServer { a.DigestLoginModule required user_zk S3cret; };",
        "QuorumServer { a.DigestLoginModule required user_zk=\"S3cret\" };",
        "QuorumServer { a.DigestLoginModule required user_zk=\"S3cret\"; };",
        "QuorumServer { a.DigestLoginModule required user_zk=\"S3cret\"; }; QuorumLearner {"
            + " a.DigestLoginModule required password=\"S3cret\"; };",
        "QuorumServer { S3cretModule required; };",
        "QuorumServer { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true"
            + " storeKey=true isInitiator=false principal=\"zk/zoo1@EXAMPLE\" keyTab=\"KEYTAB\"; };",
      })
  void aStartThatIsRefusedForItsLoginsShowsNoSecretEither(String jaas) throws Exception {
    // Somebody has mistaken what a keytab is.
    Path keytab = Files.writeString(directory.resolve("k"), "\u0005\u0002" + SECRET.repeat(50));
    String learner = jaas.contains("QuorumLearner") ? "" : JAAS.substring(JAAS.indexOf("QuorumL"));
    String text =
        jaas.replace("KEYTAB", keytab.toString()).replace("S3cretModule", "no.such.Module")
            + "\n"
            + (jaas.endsWith("user_zk=\"S3cret\"; };") ? "" : learner);
    try (LogLines log = new LogLines()) {
      Throwable refusal =
          catchThrowable(() -> PaddockServer.start(config(withLogins(text)), () -> {}).close());
      assertThat(refusal).isInstanceOf(StartException.class);
      StringWriter trace = new StringWriter();
      refusal.printStackTrace(new PrintWriter(trace, true));
      assertThat(trace + String.join("\n", log.all(""))).doesNotContain(SECRET);
    }
  }

  /** Starts, asks all that can be asked, and returns what was heard and logged. */
  private String noneIsShown(Map<String, String> settings) throws Exception {
    int metrics = LowPorts.free();
    settings.put("metricsProvider.httpsPort", metrics + "");
    StringBuilder all = new StringBuilder();
    HttpClient client = https();
    try (LogLines log = new LogLines()) {
      try (PaddockServer server = PaddockServer.start(config(settings), () -> {})) {
        for (String word : WORDS) {
          try (RawSocket socket = new RawSocket(server.clientPort())) {
            all.append(socket.send(word).readToEnd());
          }
        }
        List<String> commands = new ArrayList<>();
        String base = "https://localhost:" + server.adminPort();
        Matcher links =
            Pattern.compile("href=\"([^\"]+)\"").matcher(get(client, base + "/commands"));
        while (links.find()) {
          commands.add(links.group(1));
        }
        assertThat(commands).contains("/commands/system_properties").hasSizeGreaterThan(20);
        for (String command : commands) {
          // What is a page for people is a command for programs.
          all.append(command).append(get(client, base + command));
        }
        all.append(get(client, base + "/"));
        assertThat(get(client, "https://localhost:" + metrics + "/metrics"))
            .contains("znode_count", "strict-transport-security");
      }
      log.all("").forEach(line -> all.append(line).append('\n'));
    }
    assertThat(all.toString())
        .contains("harmless", "ssl.quorum.keyStore.password=***", "clientPort=")
        .contains("TLS by ssl.quorum.* as CN=zoo1", "TLS by metricsProvider.ssl.* as CN=zoo1")
        .doesNotContain(SECRET);
    return all.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl.keyStore.password=W" + SECRET,
        "ssl.trustStore.password=W" + SECRET,
        "ssl.quorum.keyStore.password=W" + SECRET,
        "ssl.quorum.keyStore.type=JCEKS",
        "ssl.quorum.trustStore.location=" + "gone.p12",
        "metricsProvider.ssl.keyStore.password=W" + SECRET
      })
  void aStartThatIsRefusedForItsStoresShowsNoPasswordEither(String line) throws Exception {
    Map<String, String> settings = settings();
    settings.put("metricsProvider.httpsPort", "0");
    settings.put("admin.needClientAuth", "true");
    String[] parts = line.split("=", 2);
    settings.put(parts[0], parts[1]);
    try (LogLines log = new LogLines()) {
      Throwable refusal =
          catchThrowable(() -> PaddockServer.start(config(settings), () -> {}).close());
      assertThat(refusal)
          .hasMessageContaining(parts[0].replaceFirst("\\.(password|location)$", ""));
      if (!parts[0].endsWith("type")) {
        assertThat(refusal).isInstanceOf(StartException.class);
      }
      StringWriter trace = new StringWriter();
      refusal.printStackTrace(new PrintWriter(trace, true));
      assertThat(trace + String.join("\n", log.all(""))).doesNotContain(SECRET);
    }
  }
}
