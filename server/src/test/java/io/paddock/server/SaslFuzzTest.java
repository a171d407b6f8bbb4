package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.paddock.config.ZooCfg;
import io.paddock.frontend.SaslAnswer;
import io.paddock.machine.SaslAttempt;
import io.paddock.machine.SaslLogin;
import io.paddock.testlib.TestKeytab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Whatever tokens come in, each is answered or refused, nobody gets in, and the log is told in one
 * short line without a secret.
 *
 * <p>Input: one byte, negative for Kerberos, else passwords; then tokens, each after one byte with
 * its length.
 */
class SaslFuzzTest {
  private static final String SECRET = "s3cret";
  private static final SaslLogin PASSWORDS;
  private static final SaslLogin KERBEROS;

  static {
    ((Logger) LoggerFactory.getLogger("io.paddock")).setLevel(Level.OFF);
    System.setProperty("java.security.krb5.realm", "EXAMPLE");
    System.setProperty("java.security.krb5.kdc", "127.0.0.1:1");
    try {
      Path directory = Files.createTempDirectory("paddock-fuzz");
      PASSWORDS =
          open(directory, "Server { a.DigestLoginModule required user_a=\"" + SECRET + "\"; };");
      Path keytab = TestKeytab.write(directory.resolve("keytab"), 1, "zookeeper/localhost@EXAMPLE");
      KERBEROS =
          open(
              directory,
              "Server { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true"
                  + " storeKey=true isInitiator=false keyTab=\""
                  + keytab
                  + "\" principal=\"zookeeper/localhost@EXAMPLE\"; };");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static SaslLogin open(Path directory, String jaas) throws Exception {
    Path file = Files.writeString(directory.resolve("jaas.conf"), jaas);
    Map<String, String> settings =
        Map.of(
            "dataDir",
            directory.toString(),
            "clientPort",
            "2181",
            "fips-mode",
            "false",
            "java.security.auth.login.config",
            file.toString());
    return SaslLogin.open(ZooCfg.of(settings, Map.of()).auth().sasl(), false).orElseThrow();
  }

  @FuzzTest
  void anyTokensAreAnsweredOrRefused(byte[] input) {
    if (input.length == 0) {
      return;
    }
    SaslAttempt attempt = (input[0] < 0 ? KERBEROS : PASSWORDS).begin();
    boolean failed = false;
    int at = 1;
    while (at < input.length) {
      int length = Math.min(input[at] & 0xff, input.length - at - 1);
      SaslAnswer answer = attempt.judge(Arrays.copyOfRange(input, at + 1, at + 1 + length));
      at += 1 + length;
      assertThat(answer.user()).isNull();
      if (answer.failure() == null) {
        assertThat(failed).isFalse();
        assertThat(answer.token()).isNotNull();
      } else {
        failed = true;
        assertThat(answer.token()).isNull();
        assertThat(answer.failure())
            .hasSizeLessThan(1000)
            .doesNotContain(SECRET)
            .doesNotContainPattern("\\p{Cntrl}");
      }
    }
  }
}
