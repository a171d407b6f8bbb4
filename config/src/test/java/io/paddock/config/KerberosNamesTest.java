package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the names of Kerberos become; oracle's SaslNamesTest holds the same against Apache's. */
class KerberosNamesTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "bob, bob, bob, bob",
        "bob@R, bob@R, bob, bob@R",
        "bob/here@R, bob/here@R, bob/here, bob@R",
        "bob/here, bob/here, bob/here, bob/here",
        "bob@OTHER, none, none, none",
        "a@b@R, none, none, none",
        "a/b/c@R, none, none, none",
        "@R, @R, '', @R",
      })
  void byDefaultTheOwnRealmsNamesAreTaken(
      String name, String whole, String withoutRealm, String withoutHost) {
    assertThat(KerberosNames.of("DEFAULT", true, true).id(name, () -> "R").orElse(null))
        .isEqualTo(whole);
    assertThat(KerberosNames.of("DEFAULT", true, false).id(name, () -> "R").orElse(null))
        .isEqualTo(withoutRealm);
    assertThat(KerberosNames.of("DEFAULT", false, true).id(name, () -> "R").orElse(null))
        .isEqualTo(withoutHost);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "RULE:[1:$1] | bob@X | bob",
        "RULE:[1:$1] | bob/here@X | none",
        "RULE:[2:$1-$2] | bob/here@X | bob-here",
        "RULE:[1:$1@$0](.*@X)s/@.*// | bob@X | bob",
        "RULE:[1:$1@$0](.*@X)s/@.*// | bob@Y | none",
        "RULE:[1:$1@$0](.*@X)s/@.*// DEFAULT | eve@R | eve",
        "RULE:[1:$1]s/b/x/ | bob@X | xob",
        "RULE:[1:$1]s/b/x/g | bob@X | xox",
        "RULE:[1:$1]s/(b)o/o$1/ | bob@X | obb",
        "RULE:[1:$1@$0] | bob@X | none",
        "RULE:[1:fixed] | bob@X | fixed",
        "RULE:[1:$1](a.*) RULE:[1:other] | bob@X | other",
      })
  void theFirstRuleThatAppliesMakesTheShortName(String rules, String name, String expected) {
    assertThat(KerberosNames.of(rules, false, false).id(name, () -> "R").orElse(null))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RULE | no rule begins at: RULE",
        "RULE:[1:$2] | a rule for names of 1 parts has no $2",
        "RULE:[1:$] | has no $",
        "RULE:[1:$1](() | a pattern is none",
        "RULE:[99999999999:$1] | a number is too large",
        "DEFAULT, RULE:[1:$1] | no rule begins at: ,",
      })
  void whatIsNoRuleIsTold(String rules, String message) {
    assertThatThrownBy(() -> KerberosNames.of(rules, true, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
