package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.testkit.FreePorts;
import io.paddock.testlib.TestCertificates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ensembles of both kinds of servers on their way from plain text to TLS: one server after the
 * other is restarted with the next step's settings under load, and nobody loses anything.
 */
@Timeout(600)
class RollingTlsTest {
  private static final int CLIENTS = 3;
  private static final int WRITES = 4;
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA,O=Paddock");

  /** The documentation's steps, each of which goes together with the ones beside it. */
  private static final List<List<String>> STEPS =
      List.of(
          List.of("sslQuorum=false", "portUnification=true"),
          List.of("sslQuorum=true", "portUnification=true"),
          List.of("sslQuorum=true", "portUnification=false"));

  @TempDir Path directory;

  @BeforeEach
  void makeStores() {
    CA.sign("CN=servers,O=Paddock", "127.0.0.1").store(file("keys.jks"), "JKS", "secret");
    CA.trustStore(file("trust.p12"), "PKCS12", "secret");
  }

  private Path file(String name) {
    return directory.resolve(name);
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
                "ssl.quorum.keyStore.location=" + file("keys.jks"),
                "ssl.quorum.keyStore.password=secret",
                "ssl.quorum.trustStore.location=" + file("trust.p12"),
                "ssl.quorum.trustStore.password=secret"));
    settings.addAll(List.of(more));
    return settings;
  }

  @Test
  void twoPaddocksAndAnApacheGoFromPlainTextToTls() throws Exception {
    List<Kind> kinds = List.of(PADDOCK, APACHE, PADDOCK);
    try (EnsembleProcesses ensemble =
        new EnsembleProcesses(new LoopbackLinks(3), 3, 0, settings())) {
      for (int i = 1; i <= 3; i++) {
        ensemble.start(i, kinds.get(i - 1));
      }
      ensemble.awaitServing(ensemble.all());
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
          assertThat(ensemble.logged(i)).doesNotContain("different trees");
        }
        System.out.println(load.acknowledged() + " writes checked");
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }

  /** TLS 1.3, and names alone: what fips-mode=false is for. */
  @Test
  void bothKindsUnderstandEachOtherWithoutFipsModeToo() throws Exception {
    CA.sign("CN=servers,O=Paddock", "localhost").store(file("keys.jks"), "JKS", "secret");
    List<String> tls = settings("sslQuorum=true", "fips-mode=false");
    for (List<Kind> kinds :
        List.of(List.of(APACHE, PADDOCK, APACHE), List.of(PADDOCK, APACHE, PADDOCK))) {
      try (EnsembleProcesses ensemble = new EnsembleProcesses(new NamedLoopback(3), 3, 0, tls)) {
        for (int i = 1; i <= 3; i++) {
          ensemble.start(i, kinds.get(i - 1));
        }
        ensemble.awaitServing(ensemble.all());
        try (RecordedLoad load =
            new RecordedLoad("/r", ensemble.clients(), CLIENTS, System.nanoTime())) {
          load.awaitProgress(WRITES);
          int leader = ensemble.awaitLeader();
          ensemble.kill(leader);
          load.awaitProgress(WRITES);
          ensemble.restart(leader);
          ensemble.awaitServing(ensemble.all());
          load.end();
        } catch (AssertionError e) {
          throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
        }
      }
    }
  }

  /** Servers that know each other by the name of this machine. */
  private static final class NamedLoopback implements Links {
    private final List<Integer> ports;

    NamedLoopback(int seats) {
      ports = FreePorts.take(3 * seats);
    }

    @Override
    public List<String> lines(int i, int voters, int seats) {
      List<String> lines = new ArrayList<>();
      for (int j = 1; j <= seats; j++) {
        lines.add(
            "server.%d=localhost:%d:%d".formatted(j, ports.get(3 * j - 3), ports.get(3 * j - 2)));
      }
      lines.add("clientPort=" + ports.get(3 * i - 1));
      lines.add("clientPortAddress=127.0.0.1");
      return lines;
    }

    @Override
    public java.net.InetSocketAddress client(int i) {
      return new java.net.InetSocketAddress("127.0.0.1", ports.get(3 * i - 1));
    }

    @Override
    public void close() {}
  }
}
