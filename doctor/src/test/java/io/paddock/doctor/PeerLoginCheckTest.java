package io.paddock.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testlib.TestKeytab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What users get wrong with SASL between servers, each found with cause and remedy. */
@Timeout(60)
class PeerLoginCheckTest {
  private static final String DIGEST = "a.DigestLoginModule required ";
  private static final String ALL_ON =
      "quorum.auth.enableSasl=true\nquorum.auth.learnerRequireSasl=true\n"
          + "quorum.auth.serverRequireSasl=true\n";

  @TempDir Path directory;

  private List<String> check(String jaas, String... settings) throws IOException {
    Path file = directory.resolve("jaas.conf");
    Files.writeString(file, jaas);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(directory.resolve("myid"), "1\n");
    List<String> lines =
        new ArrayList<>(
            List.of(
                "dataDir=" + directory,
                "clientPort=2181",
                "initLimit=10",
                "syncLimit=5",
                "server.1=zoo1:2888:3888",
                "server.2=zoo2:2888:3888",
                "server.3=zoo3:2888:3888"));
    lines.addAll(List.of(settings));
    Path zooCfg = Files.write(directory.resolve("zoo.cfg"), lines);
    return TlsCheck.server(zooCfg, Map.of("java.security.auth.login.config", file.toString()))
        .stream()
        .map(d -> d.level() + " " + d.subject() + ": " + d.finding() + " -> " + d.remedy())
        .toList();
  }

  private static String passwords(String server, String learner) {
    return "QuorumServer { %s%s; };\nQuorumLearner { %s%s; };\n"
        .formatted(DIGEST, server, DIGEST, learner);
  }

  private String kerberos(String server, String learner) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String[] each :
        List.of(new String[] {"QuorumServer", server}, new String[] {"QuorumLearner", learner})) {
      Path keytab = directory.resolve(each[0] + ".keytab");
      TestKeytab.write(keytab, 1, each[1] + "@EXAMPLE");
      Files.setPosixFilePermissions(keytab, PosixFilePermissions.fromString("rw-------"));
      text.append(each[0])
          .append(" { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true")
          .append(" storeKey=true keyTab=\"")
          .append(keytab)
          .append("\" principal=\"")
          .append(each[1])
          .append("@EXAMPLE\"; };\n");
    }
    return text.toString();
  }

  private static void assertFound(List<String> lines, String level, String... words) {
    assertThat(lines)
        .anyMatch(
            line -> line.startsWith(level) && List.of(words).stream().allMatch(line::contains));
  }

  @Test
  void whatIsWellHasNoWarning() throws IOException {
    String jaas = passwords("user_zk=\"s3cret\"", "username=\"zk\" password=\"s3cret\"");
    assertThat(check(jaas, ALL_ON, "fips-mode=false"))
        .allMatch(line -> line.startsWith("OK"))
        .anyMatch(line -> line.contains("logins are required"));
    assertThat(
            check(
                kerberos("zkquorum/zoo1", "zkquorum/zoo1"),
                ALL_ON,
                "quorum.auth.kerberos.servicePrincipal=zkquorum/_HOST"))
        .allMatch(line -> line.startsWith("OK"));
  }

  @Test
  void theSectionForClientsIsLookedForInTheSameLookAtTheFile() throws IOException {
    String jaas =
        passwords("user_zk=\"s3cret\"", "username=\"zk\" password=\"s3cret\"")
            + "server { "
            + DIGEST
            + "user_ann=\"s3cret\"; };\n";
    String asks = "authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider";
    List<String> found = check(jaas, ALL_ON, "fips-mode=false", asks);
    assertThat(found).filteredOn(line -> line.contains("QuorumServer, QuorumLearner")).hasSize(1);
    assertFound(found, "WARN", "lacks the section Server, for clients; it has server, and case");
    assertFound(
        check(jaas, ALL_ON, "fips-mode=false", "sasl.serverconfig=Mine"),
        "ERROR",
        "lacks the section Mine, for clients");
    assertThat(check(jaas.replace("server {", "Server {"), ALL_ON, "fips-mode=false", asks))
        .allMatch(line -> line.startsWith("OK"));
  }

  /** Row 13. */
  @Test
  void theStepIsToldAndWhichFlagComesNext() throws IOException {
    String jaas = passwords("user_zk=\"s3cret\"", "username=\"zk\" password=\"s3cret\"");
    assertFound(
        check(jaas, "quorum.auth.enableSasl=true", "fips-mode=false"),
        "WARN",
        "does not log in itself",
        "protects nothing yet",
        "quorum.auth.learnerRequireSasl=true");
    assertFound(
        check(
            jaas,
            "quorum.auth.enableSasl=true",
            "quorum.auth.learnerRequireSasl=true",
            "fips-mode=false"),
        "WARN",
        "not required",
        "quorum.auth.serverRequireSasl=true");
    assertFound(
        check(jaas, "quorum.auth.serverRequireSasl=true"),
        "ERROR",
        "needs quorum.auth.enableSasl=true");
  }

  /** Row 7. */
  @Test
  void passwordsInFipsModeAreToldAsAnErrorWhereTheyAreNeeded() throws IOException {
    String jaas = passwords("user_zk=\"s3cret\"", "username=\"zk\" password=\"s3cret\"");
    assertFound(
        check(jaas, ALL_ON), "ERROR", "QuorumServer asks for DIGEST-MD5", "fips-mode=false");
    assertFound(
        check(jaas, "quorum.auth.enableSasl=true"), "WARN", "QuorumServer asks for DIGEST-MD5");
  }

  /** Row 8. */
  @Test
  void aSectionThatIsMissingIsToldWithThoseThatAreThere() throws IOException {
    String jaas = "quorumserver { " + DIGEST + "user_zk=\"s3cret\"; };\n";
    List<String> lines = check(jaas, ALL_ON, "fips-mode=false");
    assertFound(lines, "ERROR", "lacks the section QuorumServer", "it has quorumserver");
    assertFound(lines, "ERROR", "lacks the section QuorumLearner");
    assertThat(lines).noneMatch(line -> line.contains("for clients"));
  }

  @Test
  void aUserThatTheOwnFileDoesNotKnowIsToldWithoutAPassword() throws IOException {
    List<String> lines =
        check(
            passwords("user_a=\"s3cret\"", "username=\"zk\" password=\"s3cret\""),
            ALL_ON,
            "fips-mode=false");
    assertFound(lines, "WARN", "logs in as zk", "has no such user", "user_zk");
    assertThat(lines).noneMatch(line -> line.contains("s3cret"));
    lines =
        check(
            passwords("user_zk=\"s3cret\"", "username=\"zk\" password=\"s3crets\""),
            ALL_ON,
            "fips-mode=false");
    assertFound(lines, "WARN", "logs in as zk", "has another password");
    assertThat(lines).noneMatch(line -> line.contains("s3cret"));
  }

  /** Row 13, the other half: hosts of principals and of server lines. */
  @Test
  void principalsThatDoNotGoWithTheServerLinesAreTold() throws IOException {
    List<String> lines =
        check(
            kerberos("zkquorum/zoo2", "zkquorum/elsewhere"),
            ALL_ON,
            "quorum.auth.kerberos.servicePrincipal=zkquorum/_HOST");
    assertFound(
        lines,
        "ERROR",
        "ask for a ticket of zkquorum/zoo1",
        "section QuorumServer is zkquorum/zoo2");
    assertFound(lines, "ERROR", "zkquorum/elsewhere", "in no server line (zoo1, zoo2, zoo3)");
    lines = check(kerberos("zkquorum/zoo1", "zkquorum/ZOO1"), ALL_ON);
    assertFound(lines, "ERROR", "ask for a ticket of zkquorum/localhost", "zkquorum/_HOST");
    assertFound(lines, "WARN", "written otherwise");
  }
}
