package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.paddock.config.ZooCfg;
import io.paddock.frontend.SaslAnswer;
import io.paddock.machine.PeerDialLogin;
import io.paddock.machine.PeerLogins;
import io.paddock.machine.SaslAttempt;
import io.paddock.testlib.TestKeytab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/**
 * Whatever tokens come in between servers, at the end that is called and at the one that calls,
 * each is answered or refused, nobody gets in and nobody is let in to, and what is told has no
 * secret in it.
 *
 * <p>Input: one byte, for passwords called (0) or calling (1), for Kerberos called (2); then
 * tokens, each after one byte with its length.
 */
class PeerSaslFuzzTest {
  private static final String SECRET = "s3cret";
  private static final List<String> HOSTS = List.of("localhost");
  private static final PeerLogins PASSWORDS;
  private static final PeerLogins KERBEROS;

  static {
    ((Logger) LoggerFactory.getLogger("io.paddock")).setLevel(Level.OFF);
    System.setProperty("java.security.krb5.realm", "EXAMPLE");
    System.setProperty("java.security.krb5.kdc", "127.0.0.1:1");
    try {
      Path directory = Files.createTempDirectory("paddock-fuzz");
      Files.writeString(directory.resolve("myid"), "1\n");
      String learner =
          " QuorumLearner { a.DigestLoginModule required username=\"zk\" password=\""
              + SECRET
              + "\"; };";
      PASSWORDS =
          open(
              directory,
              "QuorumServer { a.DigestLoginModule required user_zk=\""
                  + SECRET
                  + "\"; };"
                  + learner);
      Path keytab = TestKeytab.write(directory.resolve("keytab"), 1, "zk/localhost@EXAMPLE");
      KERBEROS =
          open(
              directory,
              "QuorumServer { com.sun.security.auth.module.Krb5LoginModule required"
                  + " useKeyTab=true storeKey=true isInitiator=false keyTab=\""
                  + keytab
                  + "\" principal=\"zk/localhost@EXAMPLE\"; };"
                  + learner);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static PeerLogins open(Path directory, String jaas) throws Exception {
    Path file = Files.writeString(directory.resolve("jaas.conf"), jaas);
    Map<String, String> settings =
        Map.ofEntries(
            Map.entry("dataDir", directory.toString()),
            Map.entry("clientPort", "2181"),
            Map.entry("initLimit", "10"),
            Map.entry("syncLimit", "5"),
            Map.entry("standaloneEnabled", "false"),
            Map.entry("server.1", "localhost:2888:3888"),
            Map.entry("fips-mode", "false"),
            Map.entry("quorum.auth.enableSasl", "true"),
            Map.entry("quorum.auth.learnerRequireSasl", "true"),
            Map.entry("java.security.auth.login.config", file.toString()));
    return PeerLogins.open(ZooCfg.of(settings, Map.of()).peerSasl(), HOSTS).orElseThrow();
  }

  @FuzzTest
  void anyTokensAreAnsweredOrRefusedAtBothEnds(byte[] input) {
    if (input.length == 0) {
      return;
    }
    switch (input[0]) {
      case 0 -> called(PASSWORDS, input);
      case 1 -> calling(input);
      default -> called(KERBEROS, input);
    }
  }

  private static void called(PeerLogins logins, byte[] input) {
    SaslAttempt attempt = logins.accept(HOSTS);
    feed(
        input,
        token -> {
          SaslAnswer answer = attempt.judge(token);
          assertThat(answer.user()).isNull();
          return answer;
        });
  }

  private static void calling(byte[] input) {
    PeerDialLogin login = PASSWORDS.dial("localhost");
    assertThat(login.begin().failure()).isNull();
    // That somebody is let in is the last word: without having proven anything it never counts.
    assertThat(login.answer(new byte[0], true).failure()).isNotNull();
    PeerDialLogin other = PASSWORDS.dial("localhost");
    other.begin();
    feed(input, token -> other.answer(token, false));
    assertThat(other.answer(new byte[0], true).failure()).isNotNull();
  }

  private static void feed(byte[] input, Function<byte[], SaslAnswer> end) {
    int at = 1;
    while (at < input.length) {
      int length = Math.min(input[at] & 0xff, input.length - at - 1);
      SaslAnswer answer = end.apply(Arrays.copyOfRange(input, at + 1, at + 1 + length));
      at += 1 + length;
      if (answer.failure() != null) {
        assertThat(answer.failure())
            .hasSizeLessThan(1000)
            .doesNotContain(SECRET)
            .doesNotContainPattern("\\p{Cntrl}");
        return;
      }
    }
  }
}
