package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of SASL between servers. */
class PeerSaslConfigTest {
  private static final String ENABLE = "quorum.auth.enableSasl";
  private static final String LEARNER = "quorum.auth.learnerRequireSasl";
  private static final String SERVER = "quorum.auth.serverRequireSasl";

  @TempDir Path directory;

  private ZooCfg member(String... settings) throws Exception {
    Files.writeString(directory.resolve("myid"), "1\n");
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", directory.toString());
    all.put("clientPort", "2181");
    all.put("initLimit", "10");
    all.put("syncLimit", "5");
    all.put("server.1", "a:2888:3888");
    all.put("server.2", "b:2888:3888");
    all.put("server.3", "c:2888:3888");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return ZooCfg.of(all, Map.of("java.security.auth.login.config", "jaas.conf"));
  }

  @Test
  void withoutKeysItIsOffAndHasTheUsualNames() throws Exception {
    PeerSaslConfig sasl = member().peerSasl();
    assertThat(sasl.enabled() || sasl.learnerRequires() || sasl.serverRequires()).isFalse();
    assertThat(sasl.serverSection()).isEqualTo("QuorumServer");
    assertThat(sasl.learnerSection()).isEqualTo("QuorumLearner");
    assertThat(sasl.servicePrincipal()).isEqualTo("zkquorum/localhost");
    assertThat(sasl.threadsMax()).isEqualTo(20);
    assertThat(sasl.canonicalHosts()).isFalse();
  }

  @Test
  void everyKeyIsRead() throws Exception {
    ZooCfg config =
        member(
            ENABLE,
            "true",
            LEARNER,
            "true",
            SERVER,
            "true",
            "quorum.auth.learner.saslLoginContext",
            "L",
            "quorum.auth.server.saslLoginContext",
            "S",
            "quorum.auth.kerberos.servicePrincipal",
            "zk/_HOST",
            "quorum.cnxn.threads.size",
            "30",
            "kerberos.canonicalizeHostNames",
            "true",
            "fips-mode",
            "false");
    PeerSaslConfig sasl = config.peerSasl();
    assertThat(sasl.enabled() && sasl.learnerRequires() && sasl.serverRequires()).isTrue();
    assertThat(sasl.jaasFile()).contains("jaas.conf");
    assertThat(sasl.learnerSection()).isEqualTo("L");
    assertThat(sasl.serverSection()).isEqualTo("S");
    assertThat(sasl.servicePrincipal()).isEqualTo("zk/_HOST");
    assertThat(sasl.threadsMax()).isEqualTo(30);
    assertThat(sasl.canonicalHosts()).isTrue();
    assertThat(sasl.fips()).isFalse();
    assertThat(config.warnings()).noneMatch(line -> line.contains("quorum."));
  }

  @Test
  void fewerThreadsThanTheUsualNumberAreNotTaken() throws Exception {
    assertThat(member("quorum.cnxn.threads.size", "3").peerSasl().threadsMax()).isEqualTo(20);
  }

  @Test
  void aFlagWithoutTheOneBeforeItRefusesTheStartAsApachesDoes() {
    assertThatThrownBy(() -> member(LEARNER, "true"))
        .hasMessageContainingAll(LEARNER + "=true needs " + ENABLE + "=true");
    assertThatThrownBy(() -> member(SERVER, "true"))
        .hasMessageContainingAll(SERVER + "=true needs " + ENABLE + "=true");
    assertThatThrownBy(() -> member(ENABLE, "true", SERVER, "true"))
        .hasMessageContainingAll(SERVER + "=true needs " + LEARNER + "=true");
  }

  @Test
  void withoutALoginConfigurationTheStartIsRefused() {
    assertThatThrownBy(
            () -> {
              Files.writeString(directory.resolve("myid"), "1\n");
              ZooCfg.of(
                  Map.of(
                      "dataDir",
                      directory.toString(),
                      "clientPort",
                      "2181",
                      "initLimit",
                      "10",
                      "syncLimit",
                      "5",
                      "server.1",
                      "a:2888:3888",
                      "server.2",
                      "b:2888:3888",
                      ENABLE,
                      "true"),
                  Map.of());
            })
        .hasMessageContainingAll(
            ENABLE + "=true needs a login configuration",
            "java.security.auth.login.config",
            "QuorumServer",
            "QuorumLearner");
  }

  @Test
  void aServicePrincipalWithoutAHostIsNone() {
    assertThatThrownBy(() -> member("quorum.auth.kerberos.servicePrincipal", "zkquorum"))
        .hasMessageContainingAll("zkquorum", "service/host", "zkquorum/_HOST");
  }
}
