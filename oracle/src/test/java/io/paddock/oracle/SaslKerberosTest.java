package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testkit.FreePorts;
import io.paddock.testlib.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import org.apache.kerby.kerberos.kerb.KrbException;
import org.apache.kerby.kerberos.kerb.server.KdcConfigKey;
import org.apache.kerby.kerberos.kerb.server.SimpleKdcServer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The official client logs in by Kerberos, with a KDC in this process, at Apache's and Paddock. */
@Timeout(180)
class SaslKerberosTest {
  private static final String REALM = "EXAMPLE";
  private static final String SERVER = "zookeeper/localhost";
  private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";
  private static final String KRB5_CONF = "java.security.krb5.conf";

  @TempDir static Path kdcFolder;
  @TempDir Path directory;

  private static SimpleKdcServer kdc;
  private static String confBefore;

  @BeforeAll
  static void startKdc() throws KrbException {
    confBefore = System.getProperty(KRB5_CONF);
    kdc = new SimpleKdcServer();
    kdc.setWorkDir(kdcFolder.toFile());
    kdc.setKdcHost("127.0.0.1");
    kdc.setKdcRealm(REALM);
    kdc.setAllowUdp(false);
    kdc.setKdcTcpPort(FreePorts.one());
    kdc.init();
    kdc.start();
    for (String principal : List.of(SERVER, "other/localhost", "alice", "bob/here", "root")) {
      kdc.createPrincipal(principal, principal + " secret");
      kdc.exportPrincipal(principal, keytab(principal).toFile());
    }
    System.setProperty(KRB5_CONF, kdcFolder.resolve("krb5.conf").toString());
  }

  @AfterAll
  static void stopKdc() throws KrbException {
    kdc.stop();
    if (confBefore == null) {
      System.clearProperty(KRB5_CONF);
    } else {
      System.setProperty(KRB5_CONF, confBefore);
    }
  }

  @AfterEach
  void forgetWhoLogsIn() {
    Configuration.setConfiguration(null);
  }

  private static Path keytab(String principal) {
    return kdcFolder.resolve(principal.replace('/', '_') + ".keytab");
  }

  private Path jaas(String principal, String more) throws IOException {
    return Files.writeString(
        directory.resolve("jaas.conf"),
        "Server { "
            + MODULE
            + " required useKeyTab=true storeKey=true refreshKrb5Config=true "
            + more
            + " keyTab=\""
            + keytab(principal)
            + "\" principal=\""
            + principal
            + "@"
            + REALM
            + "\"; };");
  }

  /** Who the official client logs in as from now on. */
  private static void logInAs(String principal) {
    AppConfigurationEntry entry =
        new AppConfigurationEntry(
            MODULE,
            AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
            Map.of(
                "useKeyTab",
                "true",
                "storeKey",
                "true",
                "refreshKrb5Config",
                "true",
                "keyTab",
                keytab(principal).toString(),
                "principal",
                principal + "@" + REALM));
    Configuration.setConfiguration(
        new Configuration() {
          @Override
          public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            return name.equals("Client") ? new AppConfigurationEntry[] {entry} : null;
          }
        });
  }

  private static ZooKeeper connect(SaslServer server, String principal, KeeperState wanted)
      throws Exception {
    logInAs(principal);
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty("zookeeper.server.principal", SERVER + "@" + REALM);
    CountDownLatch reached = new CountDownLatch(1);
    ZooKeeper zk =
        new ZooKeeper(
            "127.0.0.1:" + server.port(),
            30_000,
            event -> {
              if (event.getState() == wanted) {
                reached.countDown();
              }
            },
            config);
    assertThat(reached.await(60, TimeUnit.SECONDS)).as("%s %s", principal, wanted).isTrue();
    return zk;
  }

  private static String identities(ZooKeeper zk) throws InterruptedException {
    return zk.whoAmI().stream()
        .map(info -> info.getAuthScheme() + ":" + info.getUser())
        .collect(Collectors.toCollection(TreeSet::new))
        .toString();
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

  private static List<String> transcript(SaslServer server) throws Exception {
    List<String> told = new ArrayList<>();
    byte[] none = new byte[0];
    try (ZooKeeper alice = connect(server, "alice", KeeperState.SaslAuthenticated);
        ZooKeeper bob = connect(server, "bob/here", KeeperState.SaslAuthenticated);
        ZooKeeper root = connect(server, "root", KeeperState.SaslAuthenticated)) {
      List<ACL> own = ZooDefs.Ids.CREATOR_ALL_ACL;
      told.add(told(() -> alice.create("/hers", none, own, CreateMode.PERSISTENT)));
      told.add(told(() -> alice.getACL("/hers", null)));
      List<ACL> bobs =
          Arrays.asList(new ACL(ZooDefs.Perms.READ, new Id("sasl", "bob/here@EXAMPLE")));
      told.add(told(() -> alice.create("/bobs", none, bobs, CreateMode.PERSISTENT)));
      for (ZooKeeper who : List.of(alice, bob, root)) {
        told.add(identities(who));
        told.add(told(() -> who.getData("/hers", false, null).length));
        told.add(told(() -> who.getData("/bobs", false, null).length));
      }
    }
    return told;
  }

  private static Map<String, String> settings(String... more) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("authProvider.1", SaslServer.PROVIDER);
    settings.put("superUser", "root@EXAMPLE");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return settings;
  }

  private List<String> same(Map<String, String> settings) throws Exception {
    Path jaas = jaas(SERVER, "isInitiator=false");
    List<String> theirs;
    String conf = "-D" + KRB5_CONF + "=" + kdcFolder.resolve("krb5.conf");
    try (SaslServer apache = SaslServer.apache(directory, settings, jaas, conf)) {
      theirs = transcript(apache);
    }
    try (SaslServer paddock = SaslServer.paddock(settings, jaas)) {
      assertThat(transcript(paddock)).isEqualTo(theirs);
    }
    return theirs;
  }

  @Test
  void clientsLogInByKerberosAlike() throws Exception {
    assertThat(same(settings()))
        .contains(
            "[ip:127.0.0.1, sasl:alice@EXAMPLE]",
            "[ip:127.0.0.1, sasl:bob/here@EXAMPLE]",
            "[ip:127.0.0.1, sasl:root@EXAMPLE, super:]");
  }

  @Test
  void namesAreMadeShorterAlike() throws Exception {
    assertThat(
            same(
                settings(
                    "kerberos.removeHostFromPrincipal",
                    "true",
                    "kerberos.removeRealmFromPrincipal",
                    "true")))
        .contains("[ip:127.0.0.1, sasl:alice]", "[ip:127.0.0.1, sasl:bob]");
    assertThat(same(settings("security.auth_to_local", "RULE:[2:$1-$2] RULE:[1:$1]s/o/0/g")))
        .contains(
            "[ip:127.0.0.1, sasl:bob-here/here@EXAMPLE]", "[ip:127.0.0.1, sasl:r00t@EXAMPLE]");
  }

  @Test
  void aTicketOfTheServersOwnIsRenewedBeforeItEnds() throws Exception {
    long usualSeconds = kdc.getKdcConfig().getMaximumTicketLifetime();
    kdc.getKdcConfig().setLong(KdcConfigKey.MINIMUM_TICKET_LIFETIME, 1L);
    kdc.getKdcConfig().setLong(KdcConfigKey.MAXIMUM_TICKET_LIFETIME, 3L);
    try (LogLines log = new LogLines();
        SaslServer server =
            SaslServer.paddock(settings("kerberos.minReLoginTimeMs", "1"), jaas(SERVER, ""))) {
      kdc.getKdcConfig().setLong(KdcConfigKey.MAXIMUM_TICKET_LIFETIME, usualSeconds);
      log.await("zookeeper/localhost@EXAMPLE has a new ticket");
      connect(server, "alice", KeeperState.SaslAuthenticated).close();
    } finally {
      kdc.getKdcConfig().setLong(KdcConfigKey.MAXIMUM_TICKET_LIFETIME, usualSeconds);
    }
  }

  @Test
  void whoAsksForAnotherServersPrincipalIsTold() throws Exception {
    try (LogLines log = new LogLines();
        SaslServer server =
            SaslServer.paddock(settings(), jaas("other/localhost", "isInitiator=false"))) {
      connect(server, "alice", KeeperState.AuthFailed).close();
      assertThat(log.await("its SASL login failed"))
          .contains("the client asked for another principal than this server's");
    }
  }
}
