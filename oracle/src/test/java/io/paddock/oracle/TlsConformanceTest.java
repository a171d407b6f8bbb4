package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testkit.EmbeddedServer;
import io.paddock.testkit.FreePorts;
import io.paddock.testlib.ChildJvm;
import io.paddock.testlib.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official client and openssl, by TLS with the same stores, at Apache's server and at Paddock.
 */
@Timeout(180)
class TlsConformanceTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA,O=Paddock");
  private static final String PASSWORD = "secret";

  @TempDir Path directory;

  @BeforeEach
  void makeStores() throws IOException {
    CA.sign("CN=server,O=Paddock", "localhost", "127.0.0.1")
        .store(directory.resolve("server.jks"), "JKS", PASSWORD);
    CA.trustStore(directory.resolve("trust.p12"), "PKCS12", PASSWORD);
    Files.writeString(directory.resolve("ca.pem"), CA.certificatePem());
    for (String name : List.of("alice", "bob", "root")) {
      TestCertificates own = CA.sign("CN=" + name + ",O=Paddock,C=FI");
      own.store(directory.resolve(name + ".p12"), "PKCS12", PASSWORD);
      Files.writeString(directory.resolve(name + ".pem"), own.pem());
    }
  }

  private Map<String, String> settings(String name) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("dataDir", directory.resolve(name).toString());
    settings.put("ssl.keyStore.location", directory.resolve("server.jks").toString());
    settings.put("ssl.keyStore.password", PASSWORD);
    settings.put("ssl.trustStore.location", directory.resolve("trust.p12").toString());
    settings.put("ssl.trustStore.password", PASSWORD);
    settings.put("X509AuthenticationProvider.superUser", "CN=root,O=Paddock,C=FI");
    settings.put("4lw.commands.whitelist", "*");
    settings.put("admin.enableServer", "false");
    return settings;
  }

  /** A server with a plain port and one for TLS. */
  private interface Server extends AutoCloseable {
    int plainPort();

    int securePort();

    @Override
    void close();
  }

  private Server paddock() {
    Map<String, String> settings = settings("paddock");
    settings.put("secureClientPort", "0");
    EmbeddedServer.Builder builder = EmbeddedServer.builder().port(0);
    settings.forEach(builder::set);
    EmbeddedServer server = builder.start();
    return new Server() {
      @Override
      public int plainPort() {
        return server.port();
      }

      @Override
      public int securePort() {
        return server.server().secureClientPort();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }

  private Server apache() throws IOException {
    Map<String, String> settings = settings("apache");
    int plain = FreePorts.one();
    int secure = FreePorts.one();
    settings.put("clientPort", Integer.toString(plain));
    settings.put("secureClientPort", Integer.toString(secure));
    settings.put("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory");
    StringBuilder text = new StringBuilder();
    settings.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    Path zooCfg = Files.writeString(directory.resolve("apache.cfg"), text);
    Process process =
        new ProcessBuilder(
                ChildJvm.words(List.of(), QuorumPeerMain.class.getName(), zooCfg.toString()))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("apache.log").toFile())
            .start();
    for (int port : new int[] {plain, secure}) {
      awaitPort(port, process);
    }
    return new Server() {
      @Override
      public int plainPort() {
        return plain;
      }

      @Override
      public int securePort() {
        return secure;
      }

      @Override
      public void close() {
        process.destroyForcibly();
        try {
          process.waitFor();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  private static void awaitPort(int port, Process process) throws IOException {
    while (process.isAlive()) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(20_000_000);
      }
    }
    throw new IOException("Apache's server has ended");
  }

  private ZKClientConfig client(String name) {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty("zookeeper.client.secure", "true");
    config.setProperty("zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty");
    config.setProperty("zookeeper.ssl.trustStore.location", directory.resolve("ca.pem").toString());
    if (name != null) {
      config.setProperty(
          "zookeeper.ssl.keyStore.location", directory.resolve(name + ".p12").toString());
      config.setProperty("zookeeper.ssl.keyStore.password", PASSWORD);
    }
    return config;
  }

  private ZooKeeper connect(int port, String name) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper zk =
        new ZooKeeper(
            "localhost:" + port,
            30_000,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            },
            name != null && name.isEmpty() ? new ZKClientConfig() : client(name));
    assertThat(connected.await(60, TimeUnit.SECONDS)).as(String.valueOf(name)).isTrue();
    return zk;
  }

  private interface Step {
    Object run() throws Exception;
  }

  private static String told(Step step) throws Exception {
    try {
      return String.valueOf(step.run());
    } catch (KeeperException e) {
      return e.code().name();
    }
  }

  private static List<ACL> x509(String id) {
    // The client asks whether there is a null in it.
    return Arrays.asList(new ACL(ZooDefs.Perms.ALL, new Id("x509", id)));
  }

  /** What clients of TLS and others hear. */
  private List<String> transcript(Server server) throws Exception {
    List<String> told = new ArrayList<>();
    try (ZooKeeper alice = connect(server.securePort(), "alice");
        ZooKeeper bob = connect(server.securePort(), "bob");
        ZooKeeper root = connect(server.securePort(), "root");
        ZooKeeper nobody = connect(server.plainPort(), "")) {
      byte[] none = new byte[0];
      for (ZooKeeper who : List.of(alice, bob, root, nobody)) {
        told.add(told(() -> new TreeMap<>(identities(who))));
      }
      List<ACL> hers = x509("CN=alice,O=Paddock,C=FI");
      told.add(told(() -> alice.create("/hers", none, hers, CreateMode.PERSISTENT)));
      List<ACL> open = ZooDefs.Ids.OPEN_ACL_UNSAFE;
      for (ZooKeeper who : List.of(alice, bob, root, nobody)) {
        String name = "/hers/" + told.size();
        told.add(told(() -> who.create(name, none, open, CreateMode.PERSISTENT)));
      }
      told.add(told(() -> bob.getACL("/hers", null)));
      List<ACL> own = ZooDefs.Ids.CREATOR_ALL_ACL;
      told.add(told(() -> bob.create("/his", none, own, CreateMode.PERSISTENT)));
      told.add(told(() -> bob.getACL("/his", null)));
      told.add(told(() -> root.create("/roots", none, own, CreateMode.PERSISTENT)));
      told.add(told(() -> root.getACL("/roots", null)));
      told.add(told(() -> nobody.create("/nobodys", none, own, CreateMode.PERSISTENT)));
      for (String id : List.of("CN=a, O=b", "no name", "", "CN=alice,O=Paddock,C=FI")) {
        String path = "/acl" + told.size();
        told.add(told(() -> nobody.create(path, none, x509(id), CreateMode.PERSISTENT)));
      }
      alice.addAuthInfo("x509", none);
      told.add(told(() -> alice.exists("/hers", false) != null));
      told.add(told(() -> new TreeMap<>(identities(alice))));
      told.add("on the plain port " + sessions(ask(server.plainPort(), "cons")));
    }
    told.add(ask(server.plainPort(), "ruok"));
    told.add(ask(server.securePort(), "ruok"));
    told.add(
        "a key secureClientPort: "
            + ask(server.plainPort(), "conf")
                .contains("secureClientPort=" + server.securePort() + "\n"));
    return told;
  }

  private static Map<String, String> identities(ZooKeeper zk) throws InterruptedException {
    Map<String, String> found = new TreeMap<>();
    zk.whoAmI().forEach(info -> found.put(info.getAuthScheme(), info.getUser()));
    return found;
  }

  private static long sessions(String cons) {
    return cons.lines().filter(line -> line.contains("sid=0x")).count();
  }

  private static String ask(int port, String word) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
      try {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } catch (SocketException e) {
        return "";
      }
    }
  }

  @Test
  void theOfficialClientHearsTheSameFromBoth() throws Exception {
    List<String> theirs;
    try (Server apache = apache()) {
      theirs = transcript(apache);
    }
    try (Server paddock = paddock()) {
      assertThat(transcript(paddock)).isEqualTo(theirs);
    }
    assertThat(theirs).contains("NOAUTH", "INVALIDACL", "imok");
  }

  private static String paddock(String... words) throws Exception {
    List<String> command = ChildJvm.words(List.of(), "io.paddock.dist.Paddock");
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  @Test
  void shellAndTaskCommandsTakeStoresFromOneFile() throws Exception {
    Path stores =
        Files.writeString(
            directory.resolve("alice.cfg"),
            "ssl.keyStore.location="
                + directory.resolve("alice.pem")
                + "\nzookeeper.ssl.trustStore.location="
                + directory.resolve("ca.pem")
                + "\n");
    try (Server server = paddock()) {
      String at = "localhost:" + server.securePort();
      assertThat(paddock("shell", "-server", at, "--tls", stores.toString(), "whoami"))
          .contains("x509: CN=alice,O=Paddock,C=FI");
      assertThat(paddock("status", "--connect", at, "--tls", stores.toString()))
          .contains("master:   none");
      assertThat(paddock("shell", "--tls", "no-such-file", "ls", "/"))
          .contains("--tls: cannot read no-such-file");
      assertThat(paddock("status", "--tls", "no-such-file"))
          .contains("--tls: cannot read no-such-file");
    }
  }

  private String openssl(int port, String who, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-connect",
                "localhost:" + port,
                "-CAfile",
                directory.resolve("ca.pem").toString(),
                "-verify_return_error",
                "-quiet",
                "-ign_eof"));
    if (who != null) {
      String pem = directory.resolve(who + ".pem").toString();
      command.addAll(List.of("-cert", pem, "-key", pem));
    }
    command.addAll(List.of(more));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      Assumptions.abort("openssl is not installed");
      return "";
    }
    try {
      process.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
    } catch (IOException e) {
      // It has given up already; what it says is read below.
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  @Test
  void opensslIsAnsweredByBothInTheSameVersionsOfTls() throws Exception {
    for (Server server : List.of(apache(), paddock())) {
      try (server) {
        int port = server.securePort();
        assertThat(openssl(port, "alice")).contains("Zookeeper version: 3.9.6", "Mode: standalone");
        assertThat(openssl(port, "alice", "-tls1_2")).contains("Mode: standalone");
        assertThat(openssl(port, "alice", "-tls1_3")).contains("Mode: standalone");
        assertThat(openssl(port, "alice", "-tls1_1")).doesNotContain("Mode: standalone");
        assertThat(openssl(port, null)).contains("alert").doesNotContain("Mode: standalone");
        String mntr = ask(server.plainPort(), "mntr");
        // TLS 1.1, no certificate, and whoever waited for Apache's port by connecting to it.
        assertThat(mntr).containsPattern("zk_unsuccessful_handshake\t[23]\n");
        assertThat(mntr).containsPattern("zk_outstanding_tls_handshake\t0\n");
      }
    }
  }
}
