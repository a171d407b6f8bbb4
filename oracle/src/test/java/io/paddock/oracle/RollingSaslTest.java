package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.testlib.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ensembles of both kinds of servers on their way from no logins between servers to required ones:
 * one server after the other is restarted with the next step's flags under load, and nobody loses
 * anything.
 */
@Timeout(600)
class RollingSaslTest {
  private static final int CLIENTS = 3;
  private static final int WRITES = 4;
  private static final String ENABLE = "quorum.auth.enableSasl=";
  private static final String LEARNER = "quorum.auth.learnerRequireSasl=";
  private static final String SERVER = "quorum.auth.serverRequireSasl=";

  /** The documentation's steps, each of which goes together with the ones beside it. */
  private static final List<List<String>> STEPS =
      List.of(
          List.of(ENABLE + true, LEARNER + false, SERVER + false),
          List.of(ENABLE + true, LEARNER + true, SERVER + false),
          List.of(ENABLE + true, LEARNER + true, SERVER + true));

  @TempDir Path directory;

  @BeforeEach
  void writeLogins() throws IOException {
    jaas("jaas.conf", "s3cret");
    jaas("other.conf", "4nother");
  }

  private void jaas(String file, String password) throws IOException {
    String module = "org.apache.zookeeper.server.auth.DigestLoginModule required ";
    Files.writeString(
        directory.resolve(file),
        "QuorumServer { %suser_zk=\"%s\"; };%nQuorumLearner { %susername=\"zk\" password=\"%s\"; };%n"
            .formatted(module, "s3cret", module, password));
  }

  private List<String> settings(String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "tickTime=500",
                "initLimit=40",
                "syncLimit=10",
                "maxSessionTimeout=60000",
                "cnxTimeout=1000",
                "fips-mode=false"));
    settings.addAll(List.of(more));
    return settings;
  }

  private EnsembleProcesses ensemble(int voters, int observers, String... more) throws IOException {
    EnsembleProcesses ensemble =
        new EnsembleProcesses(
            new LoopbackLinks(voters + observers), voters, observers, settings(more));
    for (int i : ensemble.all()) {
      ensemble.options(i, logins("jaas.conf"));
    }
    return ensemble;
  }

  private String logins(String file) {
    return "-Djava.security.auth.login.config=" + directory.resolve(file);
  }

  private static void start(EnsembleProcesses ensemble, List<Kind> kinds) {
    for (int i = 1; i <= kinds.size(); i++) {
      ensemble.start(i, kinds.get(i - 1));
    }
    ensemble.awaitServing(ensemble.all());
  }

  @Test
  void twoPaddocksAnApacheAndAnObserverGoFromNoLoginsToRequiredOnes() throws Exception {
    try (EnsembleProcesses ensemble = ensemble(3, 1)) {
      start(ensemble, List.of(PADDOCK, APACHE, PADDOCK, APACHE));
      try (RecordedLoad load =
          new RecordedLoad("/r", ensemble.clients(), CLIENTS, System.nanoTime())) {
        load.awaitProgress(WRITES);
        for (List<String> step : STEPS) {
          int leader = ensemble.awaitLeader();
          List<Integer> order = new ArrayList<>(ensemble.all());
          order.remove((Integer) leader);
          order.add(leader);
          for (int i : order) {
            ensemble.terminate(i);
            ensemble.configure(i, step);
            ensemble.restart(i);
            ensemble.awaitServing(ensemble.all());
            load.awaitProgress(WRITES);
          }
          load.audit(String.join(", ", step));
          System.out.printf("%s, server %d leads%n", step, ensemble.awaitLeader());
        }
        load.end();
        for (int i : ensemble.all()) {
          assertThat(ensemble.logged(i)).doesNotContain("different trees", "s3cret");
        }
        System.out.println(load.acknowledged() + " writes checked");
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }

  /** Every kind leads and is led, by plain text and by TLS. */
  @Test
  void bothKindsLogInToEachOtherByPlainTextAndByTls() throws Exception {
    TestCertificates ca = TestCertificates.authority("CN=Test CA,O=Paddock");
    ca.sign("CN=servers,O=Paddock", "127.0.0.1")
        .store(directory.resolve("keys.jks"), "JKS", "secret");
    ca.trustStore(directory.resolve("trust.p12"), "PKCS12", "secret");
    String[] flags = STEPS.get(2).toArray(String[]::new);
    List<String> tls = new ArrayList<>(List.of(flags));
    tls.addAll(
        List.of(
            "sslQuorum=true",
            "ssl.quorum.keyStore.location=" + directory.resolve("keys.jks"),
            "ssl.quorum.keyStore.password=secret",
            "ssl.quorum.trustStore.location=" + directory.resolve("trust.p12"),
            "ssl.quorum.trustStore.password=secret"));
    leadAndFollow(List.of(APACHE, PADDOCK, APACHE, PADDOCK), flags);
    leadAndFollow(List.of(PADDOCK, APACHE, PADDOCK, PADDOCK), tls.toArray(String[]::new));
  }

  private void leadAndFollow(List<Kind> kinds, String... more) throws Exception {
    try (EnsembleProcesses ensemble = ensemble(3, 1, more)) {
      start(ensemble, kinds);
      try (RecordedLoad load =
          new RecordedLoad("/r", ensemble.clients(), CLIENTS, System.nanoTime())) {
        load.awaitProgress(WRITES);
        for (int turn = 0; turn < 2; turn++) {
          int leader = ensemble.awaitLeader();
          System.out.println("server " + leader + " leads, " + kinds.get(leader - 1));
          ensemble.kill(leader);
          load.awaitProgress(WRITES);
          ensemble.restart(leader);
          ensemble.awaitServing(ensemble.all());
        }
        load.end();
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }

  /** A server with another password, and one without any, are no part of the ensemble. */
  @Test
  void whoCannotLogInStaysOutAndIsToldOf() throws Exception {
    for (List<Kind> kinds :
        List.of(List.of(PADDOCK, PADDOCK, APACHE), List.of(PADDOCK, APACHE, PADDOCK))) {
      try (EnsembleProcesses ensemble = ensemble(3, 0, STEPS.get(2).toArray(String[]::new))) {
        ensemble.options(3, logins("other.conf"));
        for (int i = 1; i <= 3; i++) {
          ensemble.start(i, kinds.get(i - 1));
        }
        ensemble.awaitServing(List.of(1, 2));
        ensemble.await(
            "the refusal is told",
            () ->
                ensemble
                    .logged(1)
                    .contains("at the election port has failed: the password of user zk is wrong"));
        assertThat(ensemble.mode(3)).isEmpty();
        ensemble.terminate(3);
        ensemble.configure(3, List.of(ENABLE + false, LEARNER + false, SERVER + false));
        ensemble.restart(3);
        ensemble.await(
            "who does not log in is told",
            () -> ensemble.logged(1).contains("does not log in to the election port"));
        assertThat(ensemble.mode(3)).isEmpty();
        ensemble.terminate(3);
        ensemble.options(3, logins("jaas.conf"));
        ensemble.configure(3, STEPS.get(2));
        ensemble.restart(3);
        ensemble.awaitServing(ensemble.all());
        for (int i : ensemble.all()) {
          assertThat(ensemble.logged(i)).doesNotContain("s3cret", "4nother");
        }
      }
    }
  }
}
