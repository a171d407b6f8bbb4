package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paddock.testkit.EmbeddedEnsemble;
import io.paddock.testlib.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.server.auth.DigestLoginModule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The official client, kazoo and the shell log in by password at Paddock. */
@Timeout(180)
class SaslClientsTest {
  @TempDir Path directory;
  private Path jaas;

  @BeforeEach
  void writeJaasFile() throws IOException {
    jaas =
        Files.writeString(
            directory.resolve("jaas.conf"),
            """
            Server {
              org.apache.zookeeper.server.auth.DigestLoginModule required
              user_bob="bobs secret"
              user_ann="anns secret";
            };
            Client {
              org.apache.zookeeper.server.auth.DigestLoginModule required
              username="bob"
              password="bobs secret";
            };
            """);
  }

  @AfterEach
  void forgetWhoLogsIn() {
    Configuration.setConfiguration(null);
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("authProvider.1", SaslServer.PROVIDER);
    settings.put("fips-mode", "false");
    return settings;
  }

  /** Who the official client logs in as from now on. */
  private static void logInAs(String user, String password) {
    AppConfigurationEntry entry =
        new AppConfigurationEntry(
            DigestLoginModule.class.getName(),
            AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
            Map.of("username", user, "password", password));
    Configuration.setConfiguration(
        new Configuration() {
          @Override
          public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            return name.equals("Client") ? new AppConfigurationEntry[] {entry} : null;
          }
        });
  }

  private static ZooKeeper connect(String servers, KeeperState wanted) throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty("zookeeper.fips-mode", "false");
    ZooKeeper zk =
        new ZooKeeper(
            servers,
            30_000,
            event -> {
              if (event.getState() == wanted) {
                reached.countDown();
              }
            },
            config);
    assertThat(reached.await(60, TimeUnit.SECONDS)).as("%s", wanted).isTrue();
    return zk;
  }

  private static String identities(ZooKeeper zk) throws InterruptedException {
    return zk.whoAmI().stream()
        .map(info -> info.getAuthScheme() + ":" + info.getUser())
        .collect(Collectors.toCollection(TreeSet::new))
        .toString();
  }

  @Test
  void theOfficialClientLogsInAndItsZnodesAreItsOwn() throws Exception {
    try (SaslServer server = SaslServer.paddock(settings(), jaas)) {
      String at = "127.0.0.1:" + server.port();
      logInAs("bob", "bobs secret");
      try (ZooKeeper bob = connect(at, KeeperState.SaslAuthenticated)) {
        assertThat(identities(bob)).isEqualTo("[ip:127.0.0.1, sasl:bob]");
        bob.create("/bobs", new byte[0], ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
        logInAs("ann", "anns secret");
        try (ZooKeeper ann = connect(at, KeeperState.SaslAuthenticated)) {
          assertThat(identities(ann)).isEqualTo("[ip:127.0.0.1, sasl:ann]");
          assertThat(refusal(() -> ann.getData("/bobs", false, null))).isEqualTo("NOAUTH");
        }
      }
      logInAs("ann", "bobs secret");
      connect(at, KeeperState.AuthFailed).close();
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private static String refusal(Step step) throws Exception {
    try {
      step.run();
      return "none";
    } catch (KeeperException e) {
      return e.code().name();
    }
  }

  @Test
  void identitiesGoWithWhatAFollowerForwardsToItsLeader() throws Exception {
    EmbeddedEnsemble.Builder builder = EmbeddedEnsemble.builder();
    settings().forEach(builder::set);
    builder.set("java.security.auth.login.config", jaas.toString());
    logInAs("bob", "bobs secret");
    try (EmbeddedEnsemble ensemble = builder.start()) {
      int leader = ensemble.awaitLeader();
      String follower = ensemble.connectString(leader == 1 ? 2 : 1);
      try (ZooKeeper bob = connect(follower, KeeperState.SaslAuthenticated)) {
        bob.create("/bobs", new byte[0], ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
        bob.setData("/bobs", new byte[1], -1);
        assertThat(bob.getACL("/bobs", null).toString()).contains("'sasl,'bob");
        logInAs("ann", "anns secret");
        try (ZooKeeper ann = connect(follower, KeeperState.SaslAuthenticated)) {
          assertThat(refusal(() -> ann.setData("/bobs", new byte[2], -1))).isEqualTo("NOAUTH");
        }
      }
    }
  }

  private record Ended(int status, String output) {}

  private Ended run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  @Test
  void theShellLogsInByTheSectionClient() throws Exception {
    List<String> flags =
        List.of("-Djava.security.auth.login.config=" + jaas, "-Dzookeeper.fips-mode=false");
    List<String> command =
        ChildJvm.words(flags, "io.paddock.dist.Paddock", "shell", "-waitforconnection", "-server");
    try (SaslServer server = SaslServer.paddock(settings(), jaas)) {
      command.addAll(List.of("127.0.0.1:" + server.port(), "whoami"));
      assertThat(run(command).output()).contains("ip: 127.0.0.1", "sasl: bob");
    }
  }

  @Test
  void kazooLogsInByPassword() throws Exception {
    String python = "/usr/bin/python3";
    assumeTrue(Files.isExecutable(Path.of(python)), "no python3: apt-get install python3-kazoo");
    assumeTrue(
        run(List.of(python, "-c", "import kazoo, puresasl")).status() == 0,
        "no kazoo with SASL: apt-get install python3-kazoo python3-pure-sasl");
    Path script =
        Files.writeString(
            directory.resolve("sasl.py"),
            """
            import sys
            from kazoo.client import KazooClient
            from kazoo.exceptions import AuthFailedError, NoAuthError
            from kazoo.security import make_acl

            def client(user, password):
                zk = KazooClient(hosts=sys.argv[1], timeout=30, sasl_options={
                    "mechanism": "DIGEST-MD5", "username": user, "password": password})
                zk.start(timeout=15)
                return zk

            bob = client("bob", "bobs secret")
            bob.create("/bobs", b"x", acl=[make_acl("sasl", "bob", all=True)])
            print(bob.get("/bobs")[0].decode())
            try:
                client("ann", "anns secret").get("/bobs")
            except NoAuthError:
                print("no auth")
            try:
                client("bob", "anns secret").get("/bobs")
            except AuthFailedError:
                print("auth failed")
            """);
    try (SaslServer server = SaslServer.paddock(settings(), jaas)) {
      Ended ended = run(List.of(python, script.toString(), "127.0.0.1:" + server.port()));
      assertThat(ended.output()).contains("x\n", "no auth\n", "auth failed\n");
    }
  }
}
