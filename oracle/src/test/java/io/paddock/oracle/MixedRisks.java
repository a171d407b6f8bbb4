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
import java.util.concurrent.Callable;
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
          ServerSpec.STANDARD.get("DigestAuthenticationProvider.superDigest"),
          // Nobody is to reap in the middle of a test.
          "znode.container.checkIntervalMs",
          "86400000");

  /** For slow machines. */
  static final Map<String, String> LIMITS = Map.of("initLimit", "60", "syncLimit", "40");

  /** Written by each server from its own clock. */
  private static final String CONFIG = "/zookeeper/config";

  private MixedRisks() {}

  /**
   * A client whose session ends with it: one that is left to expire would write, by the leader's
   * hand, in the middle of some later test.
   */
  static final class Visit implements AutoCloseable {
    private final int port;
    private Welcome session;
    private RawClient client;

    Visit(int port) {
      this.port = port;
      client = new RawClient(port);
      session = client.handshake(RawClient.connectRequest(0, 30_000, 0, new byte[16], true));
      assertThat(session).as("a session at port %d", port).isNotNull();
      assertThat(session.accepted()).as("a session at port %d", port).isTrue();
    }

    Welcome session() {
      return session;
    }

    RawClient client() {
      return client;
    }

    /** A call with all the patience that a loaded machine may need. */
    Frame call(Op op) {
      return MixedRisks.call(client, op);
    }

    /** Comes again with the same session, to the same server. */
    void again() {
      client.close();
      client = new RawClient(port);
      Welcome welcome =
          client.handshake(
              RawClient.connectRequest(0, 30_000, session.sessionId(), session.password(), true));
      if (welcome == null || !welcome.accepted()) {
        // It was the last thing that was asked for.
        client.close();
        client = new RawClient(port);
        session = client.handshake(RawClient.connectRequest(0, 30_000, 0, new byte[16], true));
      }
    }

    @Override
    public void close() {
      call(Op.bare(OpCode.CLOSE_SESSION));
      client.close();
    }
  }

  /** Random requests, many refused and some malformed. */
  static int fuzz(int port, int seed, int count) {
    OpDice dice = new OpDice(new Random(seed), false, false);
    int refused = 0;
    long zxid = 0;
    try (Visit visit = new Visit(port)) {
      for (int i = 0; i < count; i++) {
        Op op = dice.roll(zxid);
        if (op.type() == OpCode.SASL || op.type() == OpCode.AUTH) {
          continue;
        }
        Frame reply = visit.call(op);
        if (reply.kind() == Kind.FRAME && op.type() != OpCode.CLOSE_SESSION) {
          refused += reply.err() == 0 ? 0 : 1;
          zxid = Math.max(zxid, reply.zxid());
        } else {
          assertThat(reply.kind()).as("reply to %s", op).isNotEqualTo(Kind.SILENCE);
          visit.again();
        }
      }
    }
    return refused;
  }

  /** All that a client sees at one seat, up to date. */
  static TreeMap<String, String> tree(MixedEnsemble ensemble, int seat) {
    try (Visit visit = session(ensemble, seat)) {
      sync(visit);
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

  static Visit session(MixedEnsemble ensemble, int seat) {
    return new Visit(ensemble.clientPort(seat));
  }

  static void sync(Visit visit) {
    assertThat(visit.call(Op.path(OpCode.SYNC, "/")).err()).isZero();
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

  /** A znode of many bytes; {@link Op#create} would put them all into words. */
  static Op largeCreate(String path, int bytes) {
    Jute.Out body = new Jute.Out().str(path).buf(new byte[bytes]);
    body.i32(1).i32(31).str("world").str("anyone").i32(Op.PERSISTENT);
    return Op.of(OpCode.CREATE, body.bytes(), "create " + path + " of " + bytes + " bytes");
  }

  static void create(MixedEnsemble ensemble, int seat, String path) {
    try (Visit visit = session(ensemble, seat)) {
      assertThat(visit.call(Op.create(path, "x")).err()).as(path).isZero();
    }
  }

  /** Whether a seat has a znode, when it is up to date. */
  static boolean has(MixedEnsemble ensemble, int seat, String path) {
    try (Visit visit = session(ensemble, seat)) {
      sync(visit);
      return visit.call(Op.exists(path, false)).err() == 0;
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

  /**
   * Brings the ensemble to rest: nobody has a session that could end, and the last transaction
   * stands in the logs of these seats.
   */
  static void settle(MixedEnsemble ensemble, String path, int... seats) throws Exception {
    create(ensemble, seats[0], path);
    await(
        () -> {
          for (int seat : seats) {
            if (!monitor(ensemble, seat, "zk_global_sessions").equals("0")) {
              return false;
            }
          }
          long logged = lastLogged(ensemble.dataDir(seats[0]));
          for (int seat : seats) {
            if (lastLogged(ensemble.dataDir(seat)) != logged) {
              return false;
            }
          }
          return true;
        });
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      assertThat(System.nanoTime() - start).as("comes to rest").isLessThan(PATIENCE.toNanos());
      Thread.sleep(20);
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
