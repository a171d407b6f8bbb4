package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import io.paddock.oracle.RawClient.Welcome;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The ordering rules of the design's section 4, seen from outside through pipelined requests. Each
 * method is one rule and fails with an {@link AssertionError} when the server breaks it.
 */
final class OrderingRules {

  private static final int ROUNDS = 300;
  private final int port;

  OrderingRules(int port) {
    this.port = port;
  }

  private RawClient session() {
    return RawClient.session(port);
  }

  /** Sends everything in one segment; the requests' xids are 1000, 1001 and so on. */
  private static void burst(RawClient client, List<Op> ops) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int xid = 1000;
    for (Op op : ops) {
      byte[] payload = RawClient.header(xid++, op.type()).raw(op.bodyAt(0)).bytes();
      bytes.writeBytes(RawClient.framed(payload));
    }
    client.sendRaw(bytes.toByteArray());
  }

  void rule1AReadSeesItsSessionsEarlierWritesAndNoneOfTheLater() {
    try (RawClient client = session()) {
      client.call(Op.create("/n", "start"));
      List<Op> ops = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        ops.add(Op.setData("/n", "d" + i));
        ops.add(Op.getData("/n", false));
        ops.add(Op.exists("/n", false));
      }
      burst(client, ops);
      for (int i = 0; i < ROUNDS; i++) {
        Frame write = client.next();
        Frame data = client.next();
        Frame stat = client.next();
        assertThat(List.of(write.xid(), data.xid(), stat.xid()))
            .containsExactly(1000 + 3 * i, 1001 + 3 * i, 1002 + 3 * i);
        assertThat(data.in().str()).isEqualTo("d" + i);
        assertThat(data.zxid()).isGreaterThanOrEqualTo(write.zxid());
      }
    }
  }

  void rule1FailedWritesMultisAndReadsKeepTheirPlaces() {
    try (RawClient client = session()) {
      client.call(Op.create("/n", "0"));
      List<Op> ops = new ArrayList<>();
      List<Integer> errors = new ArrayList<>();
      Random random = new Random(7);
      for (int i = 0; i < ROUNDS; i++) {
        int face = random.nextInt(7);
        ops.add(mixed(face));
        errors.add(List.of(-110, 0, -101, 0, 0, -103, 0).get(face));
      }
      burst(client, ops);
      List<Frame> replies = client.next(ROUNDS);
      for (int i = 0; i < ROUNDS; i++) {
        assertThat(replies.get(i).xid()).isEqualTo(1000 + i);
        assertThat(replies.get(i).err()).as(ops.get(i).words()).isEqualTo(errors.get(i));
      }
    }
  }

  private static Op mixed(int face) {
    return switch (face) {
      case 0 -> Op.create("/n", "again");
      case 1 -> Op.getData("/n", false);
      case 2 -> Op.getData("/none", false);
      case 3 -> Op.multi(OpCode.MULTI, List.of(Op.setData("/n", "m")));
      case 4 -> Op.path(OpCode.SYNC, "/n");
      case 5 -> Op.setData("/n", Reading.utf8("x"), Integer.MAX_VALUE);
      default -> Op.setData("/n", "y");
    };
  }

  void rule2AnEventComesBeforeAnyReplyThatShowsItsChange() {
    try (RawClient watcher = session();
        RawClient other = session();
        Writer writer = new Writer(other)) {
      String known = watcher.call(Op.getData("/n", true)).in().str();
      boolean armed = true;
      for (int i = 0; i < ROUNDS; i++) {
        burst(watcher, List.of(Op.getData("/n", false), Op.exists("/n", false)));
        for (int replies = 0; replies < 2; ) {
          Frame frame = watcher.next();
          assertThat(frame.kind()).isEqualTo(Kind.FRAME);
          if (frame.isNotification()) {
            armed = false;
            continue;
          }
          replies++;
          if (frame.xid() == 1000 && armed) {
            assertThat(frame.in().str()).as("data before its event").isEqualTo(known);
          }
        }
        if (!armed) {
          Frame again = watcher.call(Op.getData("/n", true));
          known = again.in().str();
          armed = true;
        }
      }
    }
  }

  /** Changes /n without pause in a session of its own. */
  private static final class Writer implements AutoCloseable {
    private final AtomicBoolean done = new AtomicBoolean();
    private final Thread thread;

    Writer(RawClient client) {
      client.call(Op.create("/n", "v0"));
      thread = new Thread(() -> write(client), "writer");
      thread.start();
    }

    private void write(RawClient client) {
      for (int i = 1; !done.get(); i++) {
        client.call(Op.setData("/n", "v" + i));
      }
    }

    @Override
    public void close() {
      done.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  void rule3NoEventComesBeforeTheReplyThatArmedItsWatch() {
    try (RawClient watcher = session();
        RawClient other = session();
        Writer writer = new Writer(other)) {
      for (int i = 0; i < ROUNDS; i++) {
        int xid = watcher.request(OpCode.GET_DATA, Op.getData("/n", true).bodyAt(0));
        Frame reply = watcher.next();
        assertThat(reply.xid()).as("the reply is first").isEqualTo(xid);
        Frame event = watcher.next();
        assertThat(event.isNotification()).isTrue();
        assertThat(event.zxid()).as("the event is of a later change").isGreaterThan(reply.zxid());
      }
    }
  }

  void rule4ZxidsNeverFallInOneSessionAlsoAcrossConnections() {
    try (RawClient other = session();
        Writer writer = new Writer(other)) {
      long last = 0;
      long lastReply = 0;
      long session = 0;
      byte[] password = new byte[16];
      for (int move = 0; move < 20; move++) {
        try (RawClient client = new RawClient(port)) {
          byte[] hello = RawClient.connectRequest(lastReply, 30_000, session, password, true);
          Welcome welcome = client.handshake(hello);
          assertThat(welcome).as("a server that was ahead is ahead still").isNotNull();
          session = welcome.sessionId();
          password = welcome.password();
          client.request(OpCode.ADD_WATCH, Op.watch(OpCode.ADD_WATCH, "/n", 0).bodyAt(0));
          burst(client, java.util.Collections.nCopies(20, Op.getData("/n", false)));
          for (int i = 0; i < 40; i++) {
            Frame frame = client.next();
            assertThat(frame.zxid()).isGreaterThanOrEqualTo(last);
            last = frame.zxid();
            // As client libraries do: an event's zxid is not what a session has "seen".
            lastReply = frame.isNotification() ? lastReply : frame.zxid();
          }
        }
      }
    }
  }

  void rule4AReplyIsReadAtTheZxidItCarries() {
    try (RawClient reader = session();
        RawClient other = session();
        Writer writer = new Writer(other)) {
      for (int i = 0; i < ROUNDS; i++) {
        Frame frame = reader.call(Op.exists("/n", false));
        Jute.In in = frame.in();
        in.i64();
        assertThat(in.i64()).as("mzxid").isLessThanOrEqualTo(frame.zxid());
      }
    }
  }

  /**
   * ZooKeeper promises this behind a sync only; on one server people have always had it without,
   * and rely on it.
   */
  void whatAReplyHasToldOthersSeeFromThenOn() {
    List<RawClient> others = new ArrayList<>();
    try (RawClient writer = session()) {
      for (int i = 0; i < 8; i++) {
        others.add(session());
      }
      writer.call(Op.create("/told", "0"));
      for (int round = 1; round <= ROUNDS; round++) {
        long zxid = writer.call(Op.setData("/told", Integer.toString(round))).zxid();
        RawClient other = others.get(round % others.size());
        Frame read = other.call(Op.getData("/told", false));
        assertThat(read.zxid()).as("round %d", round).isGreaterThanOrEqualTo(zxid);
      }
    } finally {
      others.forEach(RawClient::close);
    }
  }

  void rule6OthersHearOfDyingEphemeralsBeforeTheClosingReply() {
    try (RawClient witness = session()) {
      witness.call(Op.create("/e", "x"));
      witness.call(Op.watch(OpCode.ADD_WATCH, "/e", 1));
      for (int round = 0; round < 20; round++) {
        Set<Long> zxids = new HashSet<>();
        try (RawClient dying = session()) {
          List<Op> ops = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            ops.add(Op.create("/e/n" + i, Op.EPHEMERAL));
          }
          ops.add(Op.bare(OpCode.CLOSE_SESSION));
          burst(dying, ops);
          List<Frame> replies = dying.next(11);
          assertThat(replies).extracting(Frame::err).containsOnly(0);
          assertThat(dying.next().kind()).isEqualTo(Kind.END);
        }
        witness.request(OpCode.PING, new byte[0]);
        for (Frame f = witness.next(); f.isNotification(); f = witness.next()) {
          if (f.in().i32() == 2) {
            zxids.add(f.zxid());
          }
        }
        assertThat(zxids).as("all deleted in one transaction").hasSize(1);
        assertThat(witness.call(Op.getChildren2("/e", false)).in().i32()).isZero();
      }
    }
  }

  void rule1ManyConnectionsEachKeepTheirOrder() {
    Map<Integer, RawClient> clients = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      clients.put(i, session());
    }
    clients.forEach((i, client) -> burst(client, conversation(i)));
    clients.forEach(
        (i, client) -> {
          int expected = 1000;
          for (int reply = 0; reply < 100; reply++) {
            Frame frame = client.next();
            assertThat(frame.xid()).isEqualTo(expected++);
            assertThat(frame.err()).isZero();
          }
          client.close();
        });
  }

  private static List<Op> conversation(int client) {
    List<Op> ops = new ArrayList<>();
    ops.add(Op.create("/c" + client, "x"));
    for (int i = 1; i < 100; i++) {
      boolean write = i % 3 == 0;
      ops.add(write ? Op.setData("/c" + client, "d" + i) : Op.getData("/c" + client, false));
    }
    return ops;
  }
}
