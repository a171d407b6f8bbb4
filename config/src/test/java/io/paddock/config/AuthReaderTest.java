package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of SASL, of what clients must prove, and of the scheme ensemble. */
class AuthReaderTest {
  private static final String AUTH = "org.apache.zookeeper.server.auth.";
  private static final String SASL = AUTH + "SASLAuthenticationProvider";
  private static final String JAAS = "java.security.auth.login.config";

  private static ZooCfg load(String lines, Map<String, String> properties) throws ConfigException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("clientPort", "2181");
    settings.put("dataDir", "data");
    lines.lines().forEach(line -> settings.put(line.split("=", 2)[0], line.split("=", 2)[1]));
    return ZooCfg.of(settings, properties);
  }

  private static AuthConfig auth(String lines) throws ConfigException {
    return load(lines, Map.of()).auth();
  }

  @Test
  void theKeysOfSaslAreReadFromFileAndProperties() throws Exception {
    ZooCfg config =
        load(
            """
            authProvider.1=%s
            superUser=root
            superUser.2=admin@R
            letAnySaslUserDoX=any
            fips-mode=false
            kerberos.removeRealmFromPrincipal=true
            SASLAuthenticationProvider.superPassword=s3cret
            """
                .formatted(SASL)
                .strip(),
            Map.of(
                JAAS,
                "jaas.conf",
                "zookeeper.sasl.serverconfig",
                "Mine",
                "zookeeper.superUser.x",
                "third",
                "zookeeper.allowSaslFailedClients",
                "true",
                "zookeeper.security.auth_to_local",
                "RULE:[1:$1]"));
    SaslConfig sasl = config.auth().sasl();
    assertThat(sasl.jaasFile()).contains("jaas.conf");
    assertThat(sasl.section()).isEqualTo("Mine");
    assertThat(sasl.sectionNamed()).isTrue();
    assertThat(sasl.inLists()).isTrue();
    assertThat(sasl.superUsers()).containsExactlyInAnyOrder("root", "admin@R", "third");
    assertThat(sasl.anybody()).contains("any");
    assertThat(sasl.keepsFailed()).isTrue();
    assertThat(sasl.fips()).isFalse();
    assertThat(sasl.names().id("bob@OTHER", () -> "")).contains("bob");
    assertThat(config.toString()).doesNotContain("s3cret");
    assertThat(config.text()).doesNotContain("s3cret");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void theFileOfTheJaasConfigurationMayBeNamedInTheConfigurationToo() throws Exception {
    assertThat(auth(JAAS + "=here.conf").sasl().jaasFile()).contains("here.conf");
    assertThat(load(JAAS + "=here.conf", Map.of(JAAS, "there.conf")).auth().sasl().jaasFile())
        .contains("there.conf");
  }

  @Test
  void whatClientsMustProveIsSaslAloneOrOneOfSeveral() throws Exception {
    String sasl = "authProvider.1=" + SASL + "\n" + JAAS + "=j.conf\n";
    assertThat(auth(sasl + "sessionRequireClientSASLAuth=true").required())
        .isEqualTo(Set.of("sasl"));
    assertThat(
            auth(sasl
                    + "sessionRequireClientSASLAuth=true\nenforce.auth.enabled=true\n"
                    + "enforce.auth.schemes=digest")
                .required())
        .isEqualTo(Set.of("sasl"));
    assertThat(
            auth(sasl + "enforce.auth.enabled=true\nenforce.auth.schemes= digest , sasl,")
                .required())
        .isEqualTo(Set.of("sasl", "digest"));
    assertThat(auth("enforce.auth.schemes=digest").required()).isEmpty();
    assertThat(
            load("enforce.auth.enabled=true\nenforce.auth.schemes=digest,ip", Map.of()).warnings())
        .containsExactly(
            "enforce.auth.schemes has ip, an identity that every client has: so nothing is"
                + " enforced by it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "enforce.auth.enabled=true | needs enforce.auth.schemes beside it",
        "enforce.auth.enabled=true;enforce.auth.schemes=, | needs enforce.auth.schemes beside it",
        "enforce.auth.enabled=true;enforce.auth.schemes=sasl | asks for the scheme sasl, which is"
            + " not there: add authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
        "enforce.auth.enabled=true;enforce.auth.schemes=digest,x509 | asks for the scheme x509,"
            + " which is not there: it needs secureClientPort",
        "enforce.auth.enabled=true;enforce.auth.schemes=foo | asks for the scheme foo, which is not"
            + " there; sasl, digest and x509 can be had",
        "enforce.auth.enabled=true;enforce.auth.schemes=digest;DigestAuthenticationProvider.enabled=false"
            + " | asks for the scheme digest",
        "sessionRequireClientSASLAuth=true | asks for the scheme sasl, which is not there",
        "sessionRequireClientSASLAuth=true;authProvider.1="
            + SASL
            + " | lets nobody in, since SASL of clients is off: set java.security.auth.login.config",
        "security.auth_to_local=RULE:[2:$3] | a rule for names of 2 parts has no $3",
        "security.auth_to_local=DEFAULT RULL | no rule begins at: RULL",
      })
  void whatCannotBeIsRefused(String lines, String message) {
    assertThatThrownBy(() -> auth(lines.replace(";", "\n")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((ConfigException) e).exitCode())
        .isEqualTo(2);
  }

  @Test
  void classesOfTheUsersOwnAreReadInTheOrderOfTheirKeys() throws Exception {
    String lines = "authProvider.2=com.example.B\nauthProvider.1=com.example.A\n";
    assertThat(auth(lines + "authProvider.sasl=" + SASL + "\nauthProvider.x=").providers())
        .extracting(ProviderClass::key, ProviderClass::className)
        .containsExactly(
            tuple("authProvider.1", "com.example.A"), tuple("authProvider.2", "com.example.B"));
    assertThat(auth(lines + "enforce.auth.enabled=true\nenforce.auth.schemes=token").required())
        .containsExactly("token");
  }

  @Test
  void aProviderThatIsNamedByNothingIsWarnedOf() throws Exception {
    assertThat(load("authProvider.1=\n", Map.of()).warnings())
        .singleElement()
        .asString()
        .contains("authProvider.1 names no class", "remove the line");
  }

  @Test
  void aProviderWithoutALoginIsTold() throws Exception {
    assertThat(load("authProvider.1=" + SASL, Map.of()).warnings())
        .singleElement()
        .asString()
        .contains("SASL of clients is off", "authProvider.1", JAAS);
  }

  @Test
  void theSchemeEnsembleIsThereWhenItsProviderIs() throws Exception {
    String provider = "authProvider.e=" + AUTH + "EnsembleAuthenticationProvider\n";
    assertThat(auth("ensembleAuthName=a").ensembleNames()).isEmpty();
    assertThat(auth(provider).ensembleNames()).contains(Set.of());
    assertThat(auth(provider + "ensembleAuthName=a,b,").ensembleNames()).contains(Set.of("a", "b"));
  }
}
