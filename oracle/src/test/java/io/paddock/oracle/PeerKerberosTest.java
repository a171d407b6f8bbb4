package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kerby.kerberos.kerb.KrbException;
import org.apache.kerby.kerberos.kerb.server.KdcConfigKey;
import org.apache.kerby.kerberos.kerb.server.SimpleKdcServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers of both kinds log in to each other by Kerberos, with a KDC in this process. */
@Timeout(300)
class PeerKerberosTest {
  private static final String REALM = "EXAMPLE";
  private static final List<String> HOSTS = List.of("localhost", "localhost", "127.0.0.1");
  private static final int WRITES = 4;

  @TempDir static Path kdcFolder;
  @TempDir Path directory;

  private static SimpleKdcServer kdc;

  @BeforeAll
  static void startKdc() throws KrbException {
    kdc = new SimpleKdcServer();
    kdc.setWorkDir(kdcFolder.toFile());
    kdc.setKdcHost("127.0.0.1");
    kdc.setKdcRealm(REALM);
    kdc.setAllowUdp(false);
    kdc.setKdcTcpPort(FreePorts.one());
    kdc.init();
    kdc.start();
    for (String host : List.of("localhost", "127.0.0.1", "elsewhere")) {
      kdc.createPrincipal("zkquorum/" + host, host + " secret");
      kdc.exportPrincipal("zkquorum/" + host, keytab(host).toFile());
    }
  }

  @AfterAll
  static void stopKdc() throws KrbException {
    kdc.stop();
  }

  private static Path keytab(String host) {
    return kdcFolder.resolve(host + ".keytab");
  }

  private static String section(String name, String host) {
    return name
        + " { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true"
        + " useTicketCache=false keyTab=\""
        + keytab(host)
        + "\" principal=\"zkquorum/"
        + host
        + "@"
        + REALM
        + "\"; };\n";
  }

  /** The options of a server that logs in as the one on this host. */
  private String[] options(String host, String learner) throws IOException {
    Path jaas =
        Files.writeString(
            directory.resolve(host + "-" + learner + ".conf"),
            section("QuorumServer", host) + section("QuorumLearner", learner));
    return new String[] {
      "-Djava.security.auth.login.config=" + jaas,
      "-Djava.security.krb5.conf=" + kdcFolder.resolve("krb5.conf")
    };
  }

  private EnsembleProcesses ensemble(String... more) throws IOException {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "tickTime=500",
                "initLimit=40",
                "syncLimit=10",
                "maxSessionTimeout=60000",
                "cnxTimeout=1000",
                "quorum.auth.enableSasl=true",
                "quorum.auth.learnerRequireSasl=true",
                "quorum.auth.serverRequireSasl=true",
                "quorum.auth.kerberos.servicePrincipal=zkquorum/_HOST"));
    settings.addAll(List.of(more));
    EnsembleProcesses ensemble = new EnsembleProcesses(new TwoNames(), 3, 0, settings);
    for (int i = 1; i <= 3; i++) {
      ensemble.options(i, options(HOSTS.get(i - 1), HOSTS.get(i - 1)));
    }
    return ensemble;
  }

  @Test
  void bothKindsLogInToEachOtherByKerberosEachAtTheHostOfItsServerLine() throws Exception {
    for (List<Kind> kinds :
        List.of(List.of(APACHE, PADDOCK, APACHE), List.of(PADDOCK, APACHE, PADDOCK))) {
      try (EnsembleProcesses ensemble = ensemble()) {
        for (int i = 1; i <= 3; i++) {
          ensemble.start(i, kinds.get(i - 1));
        }
        ensemble.awaitServing(ensemble.all());
        try (RecordedLoad load = new RecordedLoad("/r", ensemble.clients(), 3, System.nanoTime())) {
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

  /** A ticket of the right realm alone lets nobody in. */
  @Test
  void aPrincipalWhoseHostIsInNoServerLineStaysOutAndIsToldOf() throws Exception {
    try (EnsembleProcesses ensemble = ensemble()) {
      ensemble.options(3, options("127.0.0.1", "elsewhere"));
      ensemble.start(1, PADDOCK);
      ensemble.start(2, APACHE);
      ensemble.start(3, PADDOCK);
      ensemble.awaitServing(List.of(1, 2));
      ensemble.await(
          "the refusal is told",
          () ->
              ensemble
                  .logged(1)
                  .contains(
                      "its principal zkquorum/elsewhere@EXAMPLE does not name a host of a server"
                          + " line (127.0.0.1, localhost)"));
      assertThat(ensemble.logged(3))
          .contains("Other servers will refuse the principal zkquorum/elsewhere@EXAMPLE");
      assertThat(ensemble.mode(3)).isEmpty();
    }
  }

  @Test
  void ticketsAreRenewedBeforeTheyEndSoThatServersStillLogInLater() throws Exception {
    long usualSeconds = kdc.getKdcConfig().getMaximumTicketLifetime();
    kdc.getKdcConfig().setLong(KdcConfigKey.MINIMUM_TICKET_LIFETIME, 1L);
    kdc.getKdcConfig().setLong(KdcConfigKey.MAXIMUM_TICKET_LIFETIME, 10L);
    try (EnsembleProcesses ensemble = ensemble("kerberos.minReLoginTimeMs=1")) {
      for (int i = 1; i <= 3; i++) {
        ensemble.start(i, PADDOCK);
      }
      ensemble.awaitServing(ensemble.all());
      for (int i = 1; i <= 3; i++) {
        int seat = i;
        // Both of its logins, twice: the first tickets have ended by then.
        ensemble.await(
            "new tickets of server " + i,
            () -> ensemble.logged(seat).split("has a new ticket", -1).length > 4);
      }
      int leader = ensemble.awaitLeader();
      ensemble.kill(leader);
      ensemble.await("another leader", () -> ensemble.leader() != 0);
      ensemble.restart(leader);
      ensemble.awaitServing(ensemble.all());
    } finally {
      kdc.getKdcConfig().setLong(KdcConfigKey.MAXIMUM_TICKET_LIFETIME, usualSeconds);
    }
  }

  /** Servers on this machine that are not all known by the same name. */
  private static final class TwoNames implements Links {
    private final List<Integer> ports = FreePorts.take(9);

    @Override
    public List<String> lines(int i, int voters, int seats) {
      List<String> lines = new ArrayList<>();
      for (int j = 1; j <= seats; j++) {
        lines.add(
            "server.%d=%s:%d:%d"
                .formatted(j, HOSTS.get(j - 1), ports.get(3 * j - 3), ports.get(3 * j - 2)));
      }
      lines.add("clientPort=" + ports.get(3 * i - 1));
      lines.add("clientPortAddress=127.0.0.1");
      return lines;
    }

    @Override
    public InetSocketAddress client(int i) {
      return new InetSocketAddress("127.0.0.1", ports.get(3 * i - 1));
    }

    @Override
    public void close() {}
  }
}
