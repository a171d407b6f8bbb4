package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.oracle.Op.Acl;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.testlib.TestCertificates;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import javax.security.sasl.SaslClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who a client has proven to be at a follower, by a certificate and by SASL, goes with its writes
 * to a leader of the other kind, which judges lists by it as its own kind's leader does.
 */
@Timeout(240)
class ForwardedIdsTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA,O=Paddock");
  private static final TestCertificates ALICE = CA.sign("CN=alice,O=Paddock");
  private static final TestCertificates ROOT = CA.sign("CN=root,O=Paddock");

  @TempDir Path directory;

  private MixedEnsemble ensemble() throws Exception {
    CA.sign("CN=server", "localhost", "127.0.0.1")
        .store(directory.resolve("keys.jks"), "JKS", "secret");
    CA.trustStore(directory.resolve("trust.jks"), "JKS", "secret");
    Path jaas =
        Files.writeString(
            directory.resolve("jaas.conf"),
            """
            Server {
              org.apache.zookeeper.server.auth.DigestLoginModule required
              user_bob="bobs secret"
              user_carl="carls secret";
            };
            """);
    return new MixedEnsemble(
        3,
        0,
        Map.ofEntries(
            Map.entry("client.portUnification", "true"),
            Map.entry("ssl.keyStore.location", directory.resolve("keys.jks").toString()),
            Map.entry("ssl.keyStore.password", "secret"),
            Map.entry("ssl.trustStore.location", directory.resolve("trust.jks").toString()),
            Map.entry("ssl.trustStore.password", "secret"),
            Map.entry("X509AuthenticationProvider.superUser", "CN=root,O=Paddock"),
            Map.entry("authProvider.1", SaslServer.PROVIDER),
            // Apache's server has it by itself with a secureClientPort only.
            Map.entry(
                "authProvider.2", "org.apache.zookeeper.server.auth.X509AuthenticationProvider"),
            Map.entry("fips-mode", "false")),
        Map.of(
            "java.security.auth.login.config",
            jaas.toString(),
            "zookeeper.serverCnxnFactory",
            "org.apache.zookeeper.server.NettyServerCnxnFactory"));
  }

  private static SSLSocket tls(int port, TestCertificates own) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            CA.context(own).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.startHandshake();
    return socket;
  }

  private static final String X509_ENTRY = "31:\"x509\":\"CN=alice,O=Paddock\"";
  private static final String SASL_ENTRY = "31:\"sasl\":\"bob\"";

  /** One client of the follower, and what it hears. */
  private static final class Talk implements AutoCloseable {
    private final String who;
    private final RawClient client;
    private final List<String> told;
    private final Reading reading;

    Talk(String who, RawClient connected, List<String> told, Reading reading) {
      this.who = who;
      this.client = RawClient.session(connected);
      this.told = told;
      this.reading = reading;
    }

    void logIn(DigestLogin as) throws Exception {
      SaslClient sasl = as.client(null);
      byte[] token = new byte[0];
      for (int i = 0; i < 2; i++) {
        Frame frame = client.call(OpCode.SASL, new Jute.Out().buf(token).bytes());
        assertThat(frame.err()).isZero();
        token = sasl.evaluateChallenge(frame.in().buf());
      }
    }

    void ask(Op op) {
      // Apache's server keeps identities in no order, and so the entries that it makes of them.
      String text =
          reading
              .frame(op.type(), client.call(op))
              .replace(X509_ENTRY + ", " + SASL_ENTRY, SASL_ENTRY + ", " + X509_ENTRY);
      told.add(who + ": " + op.words() + " -> " + text.replaceFirst(" zxid=z?-?\\d+", " zxid"));
    }

    void make(String path, String scheme, String id) {
      ask(Op.create(OpCode.CREATE, path, null, List.of(new Acl(31, scheme, id)), 0));
    }

    void use(String... paths) {
      for (String path : paths) {
        ask(Op.setData(path, "x"));
        ask(Op.create(path + "/of-" + who, "y"));
        ask(Op.multi(OpCode.MULTI, List.of(Op.check(path, -1), Op.setData(path, "z"))));
        ask(Op.getData(path, false));
        ask(Op.path(OpCode.GET_ACL, path));
        ask(Op.setAcl(path + "/of-" + who, List.of(new Acl(31, "auth", "")), -1));
        ask(Op.path(OpCode.GET_ACL, path + "/of-" + who));
        ask(Op.delete(path + "/of-" + who, -1));
      }
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** What clients of a follower hear whose leader is of such a kind. */
  private List<String> transcript(Kind leader, Kind follower) throws Exception {
    List<String> told = new ArrayList<>();
    try (MixedEnsemble ensemble = ensemble()) {
      ensemble.start(3, leader);
      ensemble.start(2, follower);
      ensemble.await(3, "leader");
      ensemble.await(2, "follower");
      int port = ensemble.clientPort(2);
      Reading reading = new Reading();
      String[] paths = {"/alices", "/bobs", "/carls", "/own"};
      try (Talk both = new Talk("both", new RawClient(tls(port, ALICE)), told, reading)) {
        both.logIn(new DigestLogin("bob", "bobs secret"));
        both.ask(Op.bare(OpCode.WHO_AM_I));
        both.make("/alices", "x509", "CN=alice,O=Paddock");
        both.make("/bobs", "sasl", "bob");
        both.make("/carls", "sasl", "carl");
        both.make("/own", "auth", "");
        both.make("/bad", "x509", "no subject");
        both.make("/worse", "sasl", "a/b/c");
        both.use(paths);
      }
      try (Talk alice = new Talk("alice", new RawClient(tls(port, ALICE)), told, reading)) {
        alice.use(paths);
      }
      try (Talk carl = new Talk("carl", new RawClient(port), told, reading)) {
        carl.use("/carls");
        carl.logIn(new DigestLogin("carl", "carls secret"));
        carl.use(paths);
      }
      try (Talk root = new Talk("root", new RawClient(tls(port, ROOT)), told, reading)) {
        root.use(paths);
      }
    }
    return told;
  }

  @Test
  void leadersOfBothKindsJudgeTheIdentitiesOfTheOthersClientsAlike() throws Exception {
    List<String> apaches = transcript(APACHE, APACHE);
    assertThat(apaches).anyMatch(line -> line.contains("alice,O=Paddock"));
    assertThat(transcript(APACHE, PADDOCK)).isEqualTo(apaches);
    assertThat(transcript(PADDOCK, APACHE)).isEqualTo(apaches);
  }
}
