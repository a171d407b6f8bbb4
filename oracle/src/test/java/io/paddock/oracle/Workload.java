package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Op.Acl;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import io.paddock.oracle.RawClient.Welcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes of every kind that leaves something in a data directory, by several sessions at once. */
final class Workload {

  /** A session that was left open, to be found again after a restart. */
  record LeftOpen(long id, byte[] password, String ephemeral) {}

  private static final int PIPELINE = 100;
  private static final List<Acl> ALICE =
      List.of(
          new Acl(31, "digest", "alice:uLxpHc/uhT86OXPoSjJTp1M8CJY="),
          new Acl(1, "world", "anyone"));

  private final int port;

  Workload(int port) {
    this.port = port;
  }

  /** One of each: null and empty data, odd names, ACLs, containers, TTL nodes, quotas. */
  void everyKindOfNode(String root) {
    try (RawClient client = RawClient.session(port)) {
      List<Op> ops = new ArrayList<>();
      ops.add(Op.create(root, "root"));
      ops.add(Op.create(OpCode.CREATE, root + "/null", null, Op.OPEN, 0));
      ops.add(Op.create(OpCode.CREATE, root + "/empty", new byte[0], Op.OPEN, 0));
      ops.add(Op.create(OpCode.CREATE, root + "/big", new byte[300_000], Op.OPEN, 0));
      ops.add(Op.create(root + "/\u00e9\u4e16 space", "\u4e16"));
      ops.add(Op.create(OpCode.CREATE, root + "/alice", new byte[1], ALICE, 0));
      ops.add(Op.create(OpCode.CREATE_CONTAINER, root + "/container", null, Op.OPEN, 4));
      ops.add(Op.create(root + "/container/x", "x"));
      ops.add(Op.createTtl(root + "/ttl", new byte[3], Op.OPEN, Op.TTL, 1L << 39));
      ops.add(Op.create(root + "/seq-", Op.SEQUENTIAL));
      ops.add(Op.delete(root + "/seq-0000000007", -1));
      ops.add(Op.create(root + "/seq-", Op.SEQUENTIAL));
      ops.add(Op.setAcl(root + "/empty", ALICE, 0));
      ops.add(Op.setData(root, null, -1));
      ops.add(
          Op.multi(OpCode.MULTI, List.of(Op.create(root + "/m", "m"), Op.delete(root + "/m", 0))));
      ops.add(
          Op.multi(
              OpCode.MULTI,
              List.of(
                  Op.create(root + "/m1", "m"),
                  Op.create(root + "/m1/x", "m"),
                  Op.setData(root + "/m1", "n"),
                  Op.check(root + "/m1", 1),
                  Op.createTtl(root + "/m1/t", null, Op.OPEN, Op.TTL, 1L << 38))));
      for (Op op : ops) {
        Frame reply = client.call(op);
        assertThat(reply.err()).as(op.words()).isZero();
      }
      client.call(Op.multi(OpCode.MULTI, List.of(Op.create(root + "/f", "f"), Op.check(root, 99))));
      client.call(Op.create(root, "exists already"));
      client.call(Op.create(OpCode.CREATE, "/zookeeper/quota" + root, null, Op.OPEN, 0));
      String quota = "/zookeeper/quota" + root;
      client.call(Op.create(quota + "/zookeeper_limits", "count=100,bytes=1000000"));
      client.call(Op.create(quota + "/zookeeper_stats", "count=0,bytes=0"));
      client.call(Op.create(root + "/counted", "by the quota"));
      client.call(Op.bare(OpCode.CLOSE_SESSION));
    }
  }

  /** A session with an ephemeral whose connection is dropped, not closed. */
  LeftOpen leaveASession(String ephemeral) {
    try (RawClient client = new RawClient(port)) {
      Welcome welcome =
          client.handshake(RawClient.connectRequest(0, Integer.MAX_VALUE, 0, new byte[16], true));
      assertThat(client.call(Op.create(ephemeral, Op.EPHEMERAL)).err()).isZero();
      return new LeftOpen(welcome.sessionId(), welcome.password(), ephemeral);
    }
  }

  /** Many nodes, so that writing a snapshot takes a while. */
  void fill(String root, int nodes) {
    try (RawClient client = RawClient.session(port)) {
      client.call(Op.create(root, "root"));
      for (int from = 0; from < nodes; from += 200) {
        List<Op> parts = new ArrayList<>();
        for (int i = from; i < Math.min(nodes, from + 200); i++) {
          parts.add(Op.create(root + "/n" + i, "data of node " + i));
        }
        assertThat(client.call(Op.multi(OpCode.MULTI, parts)).err()).isZero();
      }
      client.call(Op.bare(OpCode.CLOSE_SESSION));
    }
  }

  /** Random writes by four pipelining sessions at once, one of which leaves in between. */
  void churn(String root, int nodes, int writesEach, long seed) {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Random random = new Random(seed + t);
      Thread thread = new Thread(() -> churn(root, nodes, writesEach, random), "churn " + t);
      thread.setUncaughtExceptionHandler((who, failure) -> failures.add(failure));
      thread.start();
      threads.add(thread);
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(failures).isEmpty();
  }

  private void churn(String root, int nodes, int writes, Random random) {
    RawClient client = RawClient.session(port);
    for (int done = 0; done < writes; done += PIPELINE) {
      for (int i = 0; i < PIPELINE; i++) {
        Op op = anyWrite(root, nodes, random);
        client.request(op.type(), op.bodyAt(0));
      }
      for (Frame reply : client.next(PIPELINE)) {
        assertThat(reply.kind()).isEqualTo(Kind.FRAME);
      }
      if (random.nextInt(20) == 0) {
        client.call(Op.bare(OpCode.CLOSE_SESSION));
        client.close();
        client = RawClient.session(port);
      }
    }
    client.call(Op.bare(OpCode.CLOSE_SESSION));
    client.close();
  }

  private static Op anyWrite(String root, int nodes, Random random) {
    String node = root + "/n" + random.nextInt(nodes);
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> Op.setData(node, "changed " + random.nextInt());
      case 3 -> Op.delete(node, -1);
      case 4, 5 -> Op.create(node, "again");
      case 6 -> Op.create(node + "/e-", Op.EPHEMERAL_SEQUENTIAL);
      case 7 -> Op.setAcl(node, random.nextBoolean() ? ALICE : Op.OPEN, -1);
      case 8 ->
          Op.multi(
              OpCode.MULTI,
              List.of(Op.setData(node, "in a multi"), Op.create(node + "/s-", Op.SEQUENTIAL)));
      default -> Op.create(OpCode.CREATE2, node + "/p", null, Op.OPEN, 0);
    };
  }
}
