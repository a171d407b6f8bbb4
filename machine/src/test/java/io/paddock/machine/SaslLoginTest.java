package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.ZooCfg;
import io.paddock.frontend.SaslAnswer;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.TestKeytab;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins of clients by the sections of a JAAS file, and what is said of a file that is wrong. */
class SaslLoginTest {
  private static final String USERS =
      """
      Server {
        org.apache.zookeeper.server.auth.DigestLoginModule required
          user_bob="bobs//secret{"
          user_ann="anns secret";
      };
      Client { any.Module required; };
      """;

  /** The realm that a name without one is of. */
  private static String realmBefore;

  private static String kdcBefore;

  private static String confBefore;

  @TempDir static Path kerberos;

  @TempDir Path directory;

  @BeforeAll
  static void nameARealm() throws Exception {
    // The JDK asks a KDC three times and waits 30 s for each answer.
    Path conf = kerberos.resolve("krb5.conf");
    Files.writeString(conf, "[libdefaults]\nkdc_timeout = 300\nmax_retries = 2\n");
    confBefore = System.setProperty("java.security.krb5.conf", conf.toString());
    realmBefore = System.setProperty("java.security.krb5.realm", "EXAMPLE");
    kdcBefore = System.setProperty("java.security.krb5.kdc", "127.0.0.1:1");
  }

  @AfterAll
  static void forgetTheRealm() {
    restore("java.security.krb5.realm", realmBefore);
    restore("java.security.krb5.kdc", kdcBefore);
    restore("java.security.krb5.conf", confBefore);
  }

  private static void restore(String key, String before) {
    if (before == null) {
      System.clearProperty(key);
    } else {
      System.setProperty(key, before);
    }
  }

  private Optional<SaslLogin> open(String jaas, boolean onlySasl, String... settings)
      throws Exception {
    Path file = Files.writeString(directory.resolve("jaas.conf"), jaas);
    return openFile(file.toString(), onlySasl, settings);
  }

  private Optional<SaslLogin> openFile(String file, boolean onlySasl, String... settings)
      throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", directory.toString());
    all.put("clientPort", "2181");
    all.put("java.security.auth.login.config", file);
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return SaslLogin.open(ZooCfg.of(all, Map.of()).auth().sasl(), onlySasl);
  }

  private SaslLogin users(String... settings) throws Exception {
    String[] all = new String[settings.length + 2];
    System.arraycopy(settings, 0, all, 2, settings.length);
    all[0] = "fips-mode";
    all[1] = "false";
    return open(USERS, false, all).orElseThrow();
  }

  /** What becomes of a login by DIGEST-MD5. */
  private static SaslAnswer login(SaslLogin login, String user, String password, String actsFor)
      throws Exception {
    SaslClient client =
        Sasl.createSaslClient(
            new String[] {"DIGEST-MD5"},
            actsFor,
            "zookeeper",
            "zk-sasl-md5",
            Map.of(),
            callbacks -> {
              for (Callback callback : callbacks) {
                if (callback instanceof NameCallback name) {
                  name.setName(user);
                } else if (callback instanceof PasswordCallback secret) {
                  secret.setPassword(password.toCharArray());
                } else if (callback instanceof RealmCallback realm) {
                  realm.setText(realm.getDefaultText());
                }
              }
            });
    SaslAttempt attempt = login.begin();
    SaslAnswer challenge = attempt.judge(new byte[0]);
    assertThat(new String(challenge.token(), StandardCharsets.UTF_8))
        .matches("realm=\"zk-sasl-md5\",nonce=\"[^\"]+\",charset=utf-8,algorithm=md5-sess");
    SaslAnswer answer = attempt.judge(client.evaluateChallenge(challenge.token()));
    if (answer.user() != null) {
      client.evaluateChallenge(answer.token());
      assertThat(client.isComplete()).isTrue();
      assertThat(attempt.judge(new byte[0]).failure())
          .isEqualTo("it goes on with a login that has come to its end");
    }
    return answer;
  }

  @Test
  void aUserOfTheSectionLogsInByPassword() throws Exception {
    try (LogLines log = new LogLines()) {
      SaslLogin login = users();
      assertThat(login(login, "bob", "bobs//secret{", null).user()).isEqualTo("bob");
      assertThat(login(login, "ann", "anns secret", null).user()).isEqualTo("ann");
      assertThat(log.all("SASL"))
          .containsExactly(
              "SASL of clients is on: clients log in by DIGEST-MD5 as one of 2 users (section Server of "
                  + directory.resolve("jaas.conf")
                  + ")");
    }
  }

  @Test
  void whoeverAUserWantsToActForItIsWhoItIs() throws Exception {
    assertThat(login(users(), "bob", "bobs//secret{", "ann").user()).isEqualTo("bob");
  }

  @Test
  void aWrongPasswordAndAnUnknownUserAreToldApart() throws Exception {
    SaslLogin login = users();
    assertThat(login(login, "bob", "anns secret", null).failure())
        .isEqualTo("the password of user bob is wrong");
    assertThat(login(login, "eve\nroot", "x", null).failure())
        .isEqualTo("there is no user eve?root in this server's section of the JAAS file");
  }

  @Test
  void theSuperUsersPasswordMayStandInTheConfiguration() throws Exception {
    SaslLogin login = users("SASLAuthenticationProvider.superPassword", "s3cret");
    assertThat(login(login, "super", "s3cret", null).user()).isEqualTo("super");
    assertThat(login(users(), "super", "s3cret", null).failure()).contains("no user super");
  }

  @Test
  void bytesThatAreNoTokenFailAndSoDoesAllThatComesBehind() throws Exception {
    for (String token : new String[] {"x", "username=\"bob\"", "\0\0\0", "=,=,=", "charset=x"}) {
      SaslAttempt attempt = users().begin();
      assertThat(attempt.judge(new byte[0]).failure()).isNull();
      assertThat(attempt.judge(token.getBytes(StandardCharsets.UTF_8)).failure())
          .as(token)
          .isNotNull();
      assertThat(attempt.judge(new byte[0]).failure()).contains("come to its end");
    }
    // What comes before the challenge is not looked at.
    assertThat(users().begin().judge(new byte[] {1}).failure()).isNull();
  }

  @Test
  void inFipsModeEveryLoginByPasswordFailsAndThatIsSaidAtTheStart() throws Exception {
    try (LogLines log = new LogLines()) {
      SaslLogin login = open(USERS, false).orElseThrow();
      assertThat(log.await("SASL of clients is on, but every login will fail"))
          .contains("set fips-mode=false here and zookeeper.fips-mode=false at the clients");
      assertThat(login.begin().judge(new byte[0]).failure()).contains("FIPS mode", "fips-mode");
    }
    assertThatThrownBy(() -> open(USERS, true))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("fips-mode=false")
        .hasMessageEndingWith("as it is, nobody is let in");
  }

  @Test
  void withoutTheSectionSaslIsOffAndTheSectionsThatAreThereAreNamed() throws Exception {
    String jaas =
        "/* Server { */\nClient { a.B required c=\"Server {\"; };\nOther { a.B required; };";
    try (LogLines log = new LogLines()) {
      assertThat(open(jaas, false)).isEmpty();
      assertThat(log.await("SASL of clients is off"))
          .endsWith(
              "jaas.conf has no section Server, it has Client, Other: add it, or name another one"
                  + " by zookeeper.sasl.serverconfig");
    }
    assertThatThrownBy(() -> open(jaas, true)).hasMessageContaining("no section Server, it has");
    assertThatThrownBy(() -> open(USERS, false, "sasl.serverconfig", "Mine"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("has no section Mine, it has Server, Client");
    assertThat(open(USERS.replace("Server", "Mine"), false, "sasl.serverconfig", "Mine"))
        .isPresent();
  }

  @Test
  void aSectionWithoutUsersIsSaidToLetNobodyIn() throws Exception {
    try (LogLines log = new LogLines()) {
      open("Server { a.DigestLoginModule required; };", false, "fips-mode", "false");
      assertThat(log.await("every login will fail")).contains("add user_NAME=\"password\" to it");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Server { a.B required user_x\"s3cret\"; }; | Line 1: expected [=]; each module ends",
        "Server { a.B required user_x s3cret; }; | Line 1: expected [=]; each module ends",
        "Server { a.B required user_x=\"s3cret\" } | expected [",
        "Server { a.B required user_x=\"s3cret\"; } | expected [",
        "Server { a.B s3cret x=\"y\"; }; | must stand required, requisite, sufficient or optional",
        "Server { a.B required x=\"${s3cret}\"; }; | a ${...} names no property",
        "Server { }; | has nothing in its section Server",
        "Server { a.B required; }; Server { a.B required; }; | a section stands there twice",
      })
  void aFileThatIsNoneRefusesTheStartWithoutTellingSecrets(String jaas, String message) {
    assertThatThrownBy(() -> open(jaas, false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("java.security.auth.login.config=")
        .hasMessageContaining("jaas.conf")
        .hasMessageContaining(message)
        .hasMessageNotContaining("s3cret")
        .hasMessageNotContaining("\n")
        .hasNoCause()
        .extracting(e -> ((StartException) e).exitCode())
        .isEqualTo(2);
  }

  @Test
  void aFileThatIsMissingRefusesTheStart() {
    assertThatThrownBy(() -> openFile(directory.resolve("none.conf").toString(), false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("none.conf cannot be read: ")
        .hasMessageContaining("there is no such file or directory; correct the name");
  }

  @Test
  void theFileMayBeNamedAsJavaTakesIt() throws Exception {
    Path file = Files.writeString(directory.resolve("a b.conf"), USERS);
    assertThat(openFile(file.toUri().toString(), false)).isPresent();
    assertThat(openFile("=" + file, false)).isPresent();
    assertThatThrownBy(() -> openFile("file:", false)).hasMessageContaining("names no file");
  }

  private String kerberos(String keytab, String principal) {
    return "Server { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true"
        + " storeKey=true isInitiator=false refreshKrb5Config=true keyTab=\""
        + directory.resolve(keytab)
        + "\" principal=\""
        + principal
        + "\"; };";
  }

  @Test
  void aServerWithAKeytabAcceptsByKerberosAlsoInFipsMode() throws Exception {
    TestKeytab.write(directory.resolve("k"), 3, "zookeeper/localhost@EXAMPLE");
    try (LogLines log = new LogLines()) {
      SaslLogin login = open(kerberos("k", "zookeeper/localhost@EXAMPLE"), true).orElseThrow();
      assertThat(log.await("SASL of clients is on"))
          .startsWith(
              "SASL of clients is on: clients log in by GSSAPI to zookeeper/localhost@EXAMPLE (section Server"
                  + " of ");
      SaslAnswer answer = login.begin().judge("garbage".getBytes(StandardCharsets.UTF_8));
      assertThat(answer.failure()).startsWith("a token that cannot be taken (");
      login.close();
    }
  }

  @Test
  void aKeytabThatIsMissingOrLacksTheKeyIsTold() throws Exception {
    assertThatThrownBy(() -> open(kerberos("none", "zookeeper/localhost@EXAMPLE"), false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("there is no keytab " + directory.resolve("none"));
    TestKeytab.write(directory.resolve("k"), 3, "zookeeper/zoo1@EXAMPLE", "hdfs/zoo1@EXAMPLE");
    assertThatThrownBy(() -> open(kerberos("k", "zookeeper/localhost@EXAMPLE"), false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(
            "has no key of zookeeper/localhost@EXAMPLE, it has those of hdfs/zoo1@EXAMPLE (key"
                + " version 3), zookeeper/zoo1@EXAMPLE (key version 3): correct principal");
    Files.writeString(directory.resolve("k"), "no keytab");
    assertThatThrownBy(() -> open(kerberos("k", "zookeeper/localhost@EXAMPLE"), false))
        .hasMessageContaining("the keytab " + directory.resolve("k") + ": it is no keytab")
        .hasMessageContaining("ktadd");
    Files.writeString(directory.resolve("k"), "");
    assertThatThrownBy(() -> open(kerberos("k", "zookeeper/localhost@EXAMPLE"), false))
        .hasMessageContaining("the keytab " + directory.resolve("k") + ": it is empty");
    Files.delete(directory.resolve("k"));
    Files.createDirectory(directory.resolve("k"));
    assertThatThrownBy(() -> open(kerberos("k", "zookeeper/localhost@EXAMPLE"), false))
        .hasMessageContaining("the keytab " + directory.resolve("k") + ": it is a directory");
  }

  @Test
  void aDirectoryInTheJaasFilesPlaceIsToldByItsKey() {
    assertThatThrownBy(() -> openFile(directory.toString(), false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("java.security.auth.login.config=" + directory)
        .hasMessageContainingAll("it is a directory, not a file", "correct the name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"authProvider.1", "superUser", "superUser.2", "letAnySaslUserDoX"})
  void aMisspeltSectionRefusesTheStartOfWhoAsksForLogins(String key) throws Exception {
    String value =
        key.startsWith("authProvider")
            ? "org.apache.zookeeper.server.auth.SASLAuthenticationProvider"
            : "alice";
    String modules = " { org.apache.zookeeper.server.auth.DigestLoginModule required x=\"y\"; };\n";
    assertThatThrownBy(() -> open("server" + modules, false, key, value))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("has no section Server, it has server: add it, or name another one")
        .hasMessageContaining("logins are asked for by authProvider.N, superUser");
    assertThatThrownBy(() -> open("", false, key, value)).hasMessageContaining("no section Server");
    assertThat(open("server" + modules, false)).as("nobody asks").isEmpty();
    // A file for servers, and for this server's own shell: as with ZooKeeper's it starts.
    try (LogLines log = new LogLines()) {
      assertThat(
              open(
                  "QuorumServer" + modules + "QuorumLearner" + modules + "Client" + modules,
                  false,
                  key,
                  value))
          .isEmpty();
      assertThat(
              open(
                  "Peers" + modules,
                  false,
                  key,
                  value,
                  "quorum.auth.server.saslLoginContext",
                  "Peers"))
          .isEmpty();
      assertThat(log.all("SASL of clients is off: ")).hasSize(2);
    }
  }

  /** Row 11 of the security sheet, section 12. */
  @Test
  void aServerThatWouldBeAskedForAPasswordIsToldToTakeAKeytab() {
    String jaas =
        "Server { com.sun.security.auth.module.Krb5LoginModule required refreshKrb5Config=true"
            + " principal=\"zookeeper/zoo1@EXAMPLE\"; };";
    assertThatThrownBy(() -> open(jaas, false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("No password provided")
        .hasMessageContaining(
            "set useKeyTab=true and keyTab to a file with the key of zookeeper/zoo1@EXAMPLE");
  }

  /** Row 12 of the same, with the words of MIT's KDC and of Java. */
  @ParameterizedTest
  @CsvSource({
    "Clock skew too great (37), clocks differ by more than five minutes",
    "Clock skew too great (37) - PROCESS_TGS, 'set them, by NTP'",
    "Checksum failed, was not made with a key of this server's keytab",
    "Specified version of key is not available (44), the KDC has a newer key; then export it anew",
    "Cannot find key of appropriate type to decrypt AP-REQ - AES256, export it anew",
  })
  void clocksThatDifferAndOldKeysAreTold(String said, String told) {
    Exception failure = new SaslException("GSS initiate failed", new Exception(said));
    assertThat(SaslWords.ofClient(failure, null)).contains(told, said);
    assertThat(SaslWords.ofDialled(failure, Optional.of("zkquorum/zoo1"))).contains(told);
  }

  @Test
  void aPrincipalWithoutAHostIsToldToBeNoServers() throws Exception {
    TestKeytab.write(directory.resolve("k"), 3, "zookeeper@EXAMPLE");
    assertThatThrownBy(() -> open(kerberos("k", "zookeeper@EXAMPLE"), false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("zookeeper@EXAMPLE")
        .hasMessageContaining("service/host@REALM");
  }

  @Test
  void aKdcThatDoesNotAnswerIsTold() throws Exception {
    TestKeytab.write(directory.resolve("k"), 3, "zookeeper/localhost@EXAMPLE");
    String initiates =
        kerberos("k", "zookeeper/localhost@EXAMPLE").replace("isInitiator=false", "");
    assertThatThrownBy(() -> open(initiates, false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("the KDC does not answer");
  }

  @Test
  void aLoginModuleThatIsNotThereIsTold() {
    assertThatThrownBy(() -> open("Server { com.example.Mine required; };", false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("the class com.example.Mine is not on the class path");
  }
}
