package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Lockstep.Attach;
import io.paddock.oracle.Lockstep.Door;
import io.paddock.oracle.Lockstep.Outcome;
import io.paddock.testkit.FreePorts;
import io.paddock.testlib.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sessions with identities of all schemes, several on one connection and changing while it lasts:
 * seeded random requests go to Apache ZooKeeper and to Paddock in lockstep, and everything either
 * says must be equal. {@code -Doracle.runs=N} for more seeds, {@code -Doracle.auth.seed=N
 * -Doracle.steps=M} to see one again.
 */
@Timeout(1800)
class AuthDifferentialTest {
  private static final int SLOTS = 4;
  private static final int HISTORY = 25;
  private static final String PASSWORD = "secret";
  private static final String NEVER_MS = "86400000";
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA,O=Paddock");

  /**
   * By whom connections are made: in plain text, or by TLS with the certificate of one of these.
   */
  private static final List<String> NAMES = List.of("plain", "alice", "bob", "root");

  private static final List<DigestLogin> LOGINS =
      List.of(
          new DigestLogin("bob", "bobs secret"),
          new DigestLogin("eve", "eves secret"),
          new DigestLogin("root", "roots secret"),
          new DigestLogin("super", "supers secret"),
          new DigestLogin("bob", "a wrong secret"));

  @TempDir Path directory;
  private List<SSLContext> contexts;

  @Test
  void identitiesOfAllSchemesAreGrantedWhatApacheGrantsThem() throws Exception {
    makeStores();
    Integer seed = Integer.getInteger("oracle.auth.seed");
    int steps = Integer.getInteger("oracle.steps", 300);
    int first = seed != null ? seed : 1;
    int runs = seed != null ? 1 : Integer.getInteger("oracle.runs", 3);
    for (int run = first; run < first + runs; run++) {
      compare(run, steps);
    }
  }

  private void makeStores() throws GeneralSecurityException {
    CA.sign("CN=server,O=Paddock", "localhost", "127.0.0.1")
        .store(directory.resolve("server.p12"), "PKCS12", PASSWORD);
    CA.trustStore(directory.resolve("trust.p12"), "PKCS12", PASSWORD);
    contexts = new ArrayList<>();
    for (String name : NAMES) {
      contexts.add(CA.context(CA.sign("CN=" + name + ",O=Paddock,C=FI")));
    }
  }

  private void compare(int seed, int steps) throws Exception {
    long began = System.nanoTime();
    Path jaas =
        Files.writeString(
            directory.resolve("jaas.conf"),
            """
            Server {
              org.apache.zookeeper.server.auth.DigestLoginModule required
              user_super="supers secret"
              user_bob="bobs secret"
              user_eve="eves secret"
              user_root="roots secret";
            };
            """);
    int theirTls = FreePorts.one();
    int ourTls = FreePorts.one();
    try (SaslServer apache =
            SaslServer.apache(
                directory,
                settings(seed, theirTls),
                jaas,
                "-Xmx256m",
                "-Dznode.container.checkIntervalMs=" + NEVER_MS);
        SaslServer paddock = SaslServer.paddock(settings(seed, ourTls), jaas);
        Lockstep both =
            new Lockstep(
                door(apache.port(), theirTls), door(paddock.port(), ourTls), true, SLOTS)) {
      new Run(seed, both).live(steps, apache.port(), paddock.port());
    }
    long ms = (System.nanoTime() - began) / 1_000_000;
    System.out.printf("auth differential seed %d: %d steps equal in %d ms%n", seed, steps, ms);
  }

  private Map<String, String> settings(int seed, int securePort) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("tickTime", "6000000");
    settings.put("maxClientCnxns", "0");
    settings.put("forceSync", "no");
    settings.put("extendedTypesEnabled", "true");
    settings.put("reconfigEnabled", "true");
    settings.put("4lw.commands.whitelist", "*");
    settings.put("znode.container.checkIntervalMs", NEVER_MS);
    settings.put(
        "DigestAuthenticationProvider.superDigest",
        ServerSpec.STANDARD.get("DigestAuthenticationProvider.superDigest"));
    settings.put("IPAuthenticationProvider.usexforwardedfor", "true");
    settings.put("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory");
    settings.put("secureClientPort", Integer.toString(securePort));
    settings.put("ssl.keyStore.location", directory.resolve("server.p12").toString());
    settings.put("ssl.keyStore.password", PASSWORD);
    settings.put("ssl.trustStore.location", directory.resolve("trust.p12").toString());
    settings.put("ssl.trustStore.password", PASSWORD);
    settings.put("X509AuthenticationProvider.superUser", "CN=root,O=Paddock,C=FI");
    settings.put("authProvider.1", SaslServer.PROVIDER);
    settings.put(
        "authProvider.2", "org.apache.zookeeper.server.auth.EnsembleAuthenticationProvider");
    settings.put("ensembleAuthName", SchemeDice.ENSEMBLE + ",there");
    settings.put("fips-mode", "false");
    settings.put("superUser", "root");
    settings.put("letAnySaslUserDoX", "anybody");
    if (seed % 2 == 0) {
      settings.put("allowSaslFailedClients", "true");
    }
    if (seed % 4 == 3) {
      settings.put("enforce.auth.enabled", "true");
      settings.put("enforce.auth.schemes", "digest,sasl,x509");
    }
    return settings;
  }

  private Door door(int plain, int secure) {
    return entrance -> entrance == 0 ? new RawClient(plain) : tls(secure, contexts.get(entrance));
  }

  private static RawClient tls(int port, SSLContext context) {
    try {
      SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.startHandshake();
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Run {
    private final int seed;
    private final Random random;
    private final SchemeDice identities;
    private final OpDice dice;
    private final Lockstep both;
    private final Deque<String> history = new ArrayDeque<>();

    Run(int seed, Lockstep both) {
      this.seed = seed;
      this.random = new Random(seed);
      this.identities = new SchemeDice(random);
      this.dice = new OpDice(random, false, true, identities);
      this.both = both;
    }

    void live(int steps, int theirPort, int ourPort) {
      for (int step = 0; step < steps; step++) {
        check(step, step(random.nextInt(SLOTS)));
      }
      TreeSet<String> paths = new TreeSet<>(TreeDump.of(theirPort).nodes().keySet());
      assertThat(TreeDump.of(ourPort).nodes().keySet()).isEqualTo(paths);
      // By a certificate: where identities are enforced nobody without one is heard.
      check(steps, both.connect(0, NAMES.indexOf("root"), Attach.NEW, 200_000, true));
      check(steps, both.op(0, Op.auth("digest", ServerSpec.SUPER_AUTH)));
      for (String path : paths) {
        check(steps, both.op(0, Op.getData(path, false)));
        check(steps, both.op(0, Op.path(OpCode.GET_ACL, path)));
      }
    }

    private Outcome step(int slot) {
      int face = random.nextInt(100);
      if (!both.connected(slot) || face < 4) {
        dice.reconnected(both.lastZxid());
        int entrance = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(NAMES.size() - 1);
        return both.connect(slot, entrance, attach(slot), 200_000, true);
      } else if (face < 6) {
        return both.drop(slot);
      } else if (face < 10) {
        int who = random.nextInt(LOGINS.size());
        String actsFor = random.nextInt(8) == 0 ? "root" : null;
        return both.login(slot, LOGINS.get(who), actsFor);
      } else if (face < 18) {
        return both.op(slot, identities.auth());
      } else if (face < 24) {
        return both.op(slot, Op.bare(OpCode.WHO_AM_I));
      } else if (face < 26) {
        return both.op(slot, identities.reconfig());
      }
      return both.op(slot, dice.roll(both.lastZxid()));
    }

    /** Identities are a connection's and not its session's: sessions move to other connections. */
    private Attach attach(int slot) {
      if (!both.hasSession(slot)) {
        return Attach.NEW;
      }
      return switch (random.nextInt(8)) {
        case 0, 1 -> Attach.NEW;
        case 2 -> Attach.WRONG_PASSWORD;
        case 3 -> both.hasNeighbour(slot) ? Attach.NEIGHBOURS : Attach.NEW;
        default -> Attach.AGAIN;
      };
    }

    private void check(int step, Outcome outcome) {
      history.add("#" + step + " " + outcome.words() + " ->" + outcome.left());
      if (history.size() > HISTORY) {
        history.poll();
      }
      if (!outcome.equal()) {
        throw new AssertionError(report(step, outcome));
      }
      assertThat(outcome.left()).as(() -> report(step, outcome)).doesNotContain("undecodable");
    }

    private String report(int step, Outcome outcome) {
      return """
      seed %d, step %d: %s
      --- Apache:%s
      --- Paddock:%s
      --- again: -Dtest=AuthDifferentialTest -Doracle.auth.seed=%d -Doracle.steps=%d
      --- the steps before it, as Apache answered:
      %s
      """
          .formatted(
              seed,
              step,
              outcome.words(),
              outcome.left(),
              outcome.right(),
              seed,
              step + 1,
              String.join("\n", history));
    }
  }
}
