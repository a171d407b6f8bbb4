package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import io.paddock.oracle.RawClient.Welcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.server.Request;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.txn.CreateTxn;
import org.apache.zookeeper.txn.TxnHeader;

/** What the tests of the interop risks do to an ensemble, and how they look at it. */
final class MixedRisks {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final Map<String, String> PROPERTIES =
      Map.of(
          "zookeeper.DigestAuthenticationProvider.superDigest",
          ServerSpec.STANDARD.get("DigestAuthenticationProvider.superDigest"));

  /** Written by each server from its own clock. */
  private static final String CONFIG = "/zookeeper/config";

  private MixedRisks() {}

  /** Random requests, many refused and some malformed, by one client after the other. */
  static int fuzz(int port, int seed, int count) {
    OpDice dice = new OpDice(new Random(seed), false);
    RawClient client = RawClient.session(port);
    int refused = 0;
    long zxid = 0;
    for (int i = 0; i < count; i++) {
      Op op = dice.roll(zxid);
      if (op.type() == OpCode.SASL || op.type() == OpCode.AUTH) {
        continue;
      }
      Frame reply = call(client, op);
      if (reply.kind() == Kind.FRAME) {
        refused += reply.err() == 0 ? 0 : 1;
        zxid = Math.max(zxid, reply.zxid());
      } else {
        assertThat(reply.kind()).as("reply to %s", op).isEqualTo(Kind.END);
        client.close();
        client = RawClient.session(port);
      }
    }
    client.close();
    return refused;
  }

  /** All that a client sees at one seat, up to date. */
  static TreeMap<String, String> tree(MixedEnsemble ensemble, int seat) {
    try (RawClient client = session(ensemble, seat)) {
      sync(client);
    }
    TreeMap<String, String> nodes = new TreeMap<>(TreeDump.of(ensemble.clientPort(seat)).nodes());
    nodes.remove(CONFIG);
    return nodes;
  }

  /** Sooner or later: sessions that a test left behind may be about to expire. */
  static void assertSameTrees(MixedEnsemble ensemble, int... seats) {
    long start = System.nanoTime();
    while (true) {
      try {
        TreeDump first = new TreeDump(tree(ensemble, seats[0]));
        for (int seat : seats) {
          first.assertSame(new TreeDump(tree(ensemble, seat)));
        }
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw e;
        }
      }
    }
  }

  static RawClient session(MixedEnsemble ensemble, int seat) {
    return RawClient.session(ensemble.clientPort(seat));
  }

  static Frame sync(RawClient client) {
    Frame frame = call(client, Op.path(OpCode.SYNC, "/"));
    assertThat(frame.err()).isZero();
    return frame;
  }

  /** A call with all the patience that a loaded machine may need. */
  static Frame call(RawClient client, Op op) {
    int xid = client.request(op.type(), op.bodyAt(0));
    Frame frame = client.next(PATIENCE);
    while (frame.kind() == Kind.FRAME && frame.xid() != xid) {
      frame = client.next(PATIENCE);
    }
    return frame;
  }

  static void create(MixedEnsemble ensemble, int seat, String path) {
    try (RawClient client = session(ensemble, seat)) {
      assertThat(call(client, Op.create(path, "x")).err()).as(path).isZero();
    }
  }

  /** Whether a seat has a znode, when it is up to date. */
  static boolean has(MixedEnsemble ensemble, int seat, String path) {
    try (RawClient client = session(ensemble, seat)) {
      sync(client);
      return call(client, Op.exists(path, false)).err() == 0;
    }
  }

  /** Brings a session to a seat, with all the tries of a client that looks for a server. */
  static RawClient move(MixedEnsemble ensemble, int seat, Welcome session) {
    RawClient client = new RawClient(ensemble.clientPort(seat));
    Welcome welcome =
        client.handshake(
            RawClient.connectRequest(0, 30_000, session.sessionId(), session.password(), true));
    assertThat(welcome).as("seat %d lets the session in", seat).isNotNull();
    assertThat(welcome.accepted()).as("seat %d knows the session", seat).isTrue();
    assertThat(welcome.sessionId()).isEqualTo(session.sessionId());
    return client;
  }

  /** Makes a znode that everybody has seen and that stands in the logs of these seats. */
  static void settle(MixedEnsemble ensemble, String path, int... seats) throws Exception {
    long zxid;
    try (RawClient client = session(ensemble, seats[0])) {
      Frame reply = call(client, Op.create(path, "x"));
      assertThat(reply.err()).as(path).isZero();
      zxid = reply.zxid();
    }
    long start = System.nanoTime();
    for (int seat : seats) {
      while (lastLogged(ensemble.dataDir(seat)) < zxid) {
        assertThat(System.nanoTime() - start)
            .as("seat %d logs", seat)
            .isLessThan(PATIENCE.toNanos());
        Thread.sleep(20);
      }
    }
  }

  private static long lastLogged(Path dataDir) throws IOException {
    try (FileTxnLog log = new FileTxnLog(dataDir.resolve("version-2").toFile())) {
      return log.getLastLoggedZxid();
    }
  }

  /** Appends a transaction to a stopped server's log that nobody else has ever heard of. */
  static void appendTail(Path dataDir, String path) throws IOException {
    try (FileTxnLog log = new FileTxnLog(dataDir.resolve("version-2").toFile())) {
      long zxid = log.getLastLoggedZxid() + 1;
      TxnHeader header =
          new TxnHeader(0, 0, zxid, System.currentTimeMillis(), ZooDefs.OpCode.create);
      CreateTxn create =
          new CreateTxn(path, new byte[] {1}, ZooDefs.Ids.OPEN_ACL_UNSAFE, false, -1);
      log.append(new Request(0, 0, ZooDefs.OpCode.create, header, create, zxid));
      log.commit();
    }
  }

  static String monitor(MixedEnsemble ensemble, int seat, String key) {
    return FourLetterConformanceTest.monitor(ensemble.clientPort(seat), key);
  }
}
