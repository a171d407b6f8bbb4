package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.KerberosNames;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.server.auth.KerberosName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What the names of Kerberos clients become, beside Apache's class. */
class SaslNamesTest {
  private static final String RULES_KEY = "zookeeper.security.auth_to_local";

  private static final List<String> PARTS = List.of("", "bob", "a.b", "x-1", "R", "OTHER", "here");

  private static final List<String> RULES =
      List.of(
          "DEFAULT",
          "RULE:[1:$1]",
          "RULE:[2:$1]",
          "RULE:[2:$1.$2]",
          "RULE:[1:$1@$0](.*@OTHER)s/@.*//",
          "RULE:[2:$1@$0]([a-z]*@R)s/@.*//",
          "RULE:[1:$0$1$0]",
          "RULE:[1:$1]s/[a-z]/z/",
          "RULE:[1:$1]s/[a-z]/z/g",
          "RULE:[2:$1-$2]s/(.*)-(.*)/$2_$1/",
          "RULE:[1:$1](b.*) RULE:[2:$2] DEFAULT",
          "RULE:[1:$1](b.*)\nRULE:[1:else]\nDEFAULT",
          "RULE:[1:$1@$0]",
          "RULE:[0:nobody] DEFAULT",
          "RULE:[3:$3] DEFAULT",
          "RULE:[1:]",
          "RULE:[1:$1]s/b//",
          "RULE:[1:$1]()",
          "RULE:[1:$1](.*)s/x/y/ DEFAULT");

  @AfterAll
  static void forgetTheRules() throws IOException {
    System.clearProperty(RULES_KEY);
    KerberosName.setConfiguration();
  }

  private static String theirs(String name) {
    try {
      return new KerberosName(name).getShortName();
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static String ours(KerberosNames names, String name) {
    String realm = new KerberosName("a").getDefaultRealm();
    return names.id(name, () -> realm == null ? "" : realm).orElse(null);
  }

  @Test
  void everyRuleMakesOfEveryNameWhatItDoesThere() throws Exception {
    int taken = 0;
    for (String rules : RULES) {
      System.setProperty(RULES_KEY, rules);
      KerberosName.setConfiguration();
      KerberosNames names = KerberosNames.of(rules, false, false);
      for (String first : PARTS) {
        for (String host : PARTS) {
          for (String realm : PARTS) {
            for (String name :
                List.of(
                    first,
                    first + "/" + host,
                    first + "@" + realm,
                    first + "/" + host + "@" + realm,
                    first + "@" + host + "@" + realm,
                    first + "/" + host + "/" + host + "@" + realm)) {
              String theirs = theirs(name);
              assertThat(Optional.ofNullable(ours(names, name)))
                  .as("%s by %s", name, rules)
                  .isEqualTo(Optional.ofNullable(theirs));
              taken += theirs == null ? 0 : 1;
            }
          }
        }
      }
    }
    assertThat(taken).isGreaterThan(1000);
  }
}
