package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Op.Acl;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

/**
 * Whatever strangers send, the server goes on serving others. Only the server under test is asked:
 * Apache is known to fall over some of these.
 */
class HostileBytesTest {

  private static final int ROUNDS = Integer.getInteger("oracle.hostile", 1_500);
  private static final long HEAP_GROWTH_MAX_BYTES = 200L << 20;
  private static final int[] ODD_INTS = {
    -1,
    -2,
    0,
    1,
    0xff,
    0xffff,
    0xfffff,
    0x100000,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Integer.MAX_VALUE - 3,
    0x40000000
  };

  private ServerUnderTest server;
  private long heapBefore;

  @BeforeEach
  void start() {
    server = Contender.subject().start(ServerSpec.standard());
    try (RawClient client = RawClient.session(server.port())) {
      assertThat(client.call(Op.create("/n", "data")).err()).isZero();
    }
    heapBefore = server.heapBytes();
  }

  /** After every test: a normal client is served, and what it finds is untouched. */
  @AfterEach
  void othersAreStillServed() {
    try (RawClient client = RawClient.session(server.port())) {
      client.call(Op.auth("digest", ServerSpec.SUPER_AUTH));
      client.call(Op.setAcl("/", Op.OPEN, -1));
      assertThat(client.call(Op.create("/after", "data")).err()).isZero();
      assertThat(client.call(Op.getData("/after", true)).in().str()).isEqualTo("data");
      assertThat(client.call(Op.bare(OpCode.CLOSE_SESSION)).err()).isZero();
    }
    if (heapBefore >= 0) {
      assertThat(server.heapBytes() - heapBefore).isLessThan(HEAP_GROWTH_MAX_BYTES);
    }
    server.close();
  }

  @Test
  void randomBytesInPlaceOfAHandshake() {
    Random random = random("handshake");
    for (int round = 0; round < 300; round++) {
      try (RawClient client = new RawClient(server.port())) {
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
          ByteBuffer.wrap(bytes).put((byte) 0);
        }
        client.sendRaw(bytes);
        if (random.nextInt(4) == 0) {
          client.shutdownOutput();
        }
      }
    }
  }

  @Test
  void handshakesWithAbsurdFields() {
    Random random = random("absurd handshake");
    byte[] good = RawClient.connectRequest(0, 30_000, 0, new byte[16], true);
    for (int round = 0; round < 300; round++) {
      byte[] bad = good.clone();
      ByteBuffer.wrap(bad).putInt(random.nextInt(bad.length - 3), odd(random));
      try (RawClient client = new RawClient(server.port())) {
        client.send(bad);
      }
    }
  }

  @Test
  void otherProtocolsThatMistakeThePort() {
    List<byte[]> hellos =
        List.of(
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            "SSH-2.0-OpenSSH_9\r\n".getBytes(StandardCharsets.US_ASCII),
            new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3},
            "*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII),
            new byte[] {(byte) 0xff, (byte) 0xf4, (byte) 0xff, (byte) 0xfd, 6});
    for (byte[] hello : hellos) {
      try (RawClient client = new RawClient(server.port())) {
        client.sendRaw(hello);
        client.shutdownOutput();
        assertThat(client.readAll().length).isLessThan(200);
      }
    }
  }

  @Test
  void lengthsThatAreHugeNegativeOrNeverFulfilled() {
    List<RawClient> waiting = new ArrayList<>();
    for (int length : ODD_INTS) {
      try (RawClient client = RawClient.session(server.port())) {
        client.sendRaw(new Jute.Out().i32(length).bytes());
      }
      RawClient open = RawClient.session(server.port());
      open.sendRaw(new Jute.Out().i32(length).raw(new byte[10]).bytes());
      waiting.add(open);
    }
    othersNow();
    waiting.forEach(RawClient::close);
  }

  @Test
  void mutatedRequestsOfEveryKind() {
    Random random = random("mutated requests");
    OpDice dice = new OpDice(random);
    RawClient client = RawClient.session(server.port());
    for (int round = 0; round < ROUNDS; round++) {
      Op op = dice.roll(round);
      byte[] body = mutate(op.bodyAt(0), random);
      Frame reply = client.call(op.type(), body);
      assertThat(reply.kind()).as("round %d: %s", round, op.words()).isNotEqualTo(Kind.SILENCE);
      if (reply.kind() == Kind.END || op.type() == OpCode.CLOSE_SESSION) {
        client.close();
        client = RawClient.session(server.port());
      }
    }
    client.close();
  }

  @Test
  void anyOpcodeWithAnyBody() {
    Random random = random("any opcode");
    RawClient client = RawClient.session(server.port());
    for (int round = 0; round < ROUNDS; round++) {
      int type = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(120) - 12;
      byte[] body = new byte[random.nextInt(60)];
      random.nextBytes(body);
      Jute.Out frame = RawClient.header(random.nextInt(), type).raw(body);
      client.send(frame.bytes());
      client.request(OpCode.PING, new byte[0]);
      Frame reply = client.next();
      while (reply.kind() == Kind.FRAME && reply.xid() != RawClient.PING_XID) {
        reply = client.next();
      }
      assertThat(reply.kind()).as("round %d, type %d", round, type).isNotEqualTo(Kind.SILENCE);
      if (reply.kind() == Kind.END) {
        client.close();
        client = RawClient.session(server.port());
      }
    }
    client.close();
  }

  /**
   * Every int of every well-formed request is replaced by every odd one: lengths, counts, flags.
   */
  @Test
  void everyIntOfEveryRequestIsOnceAbsurd() {
    RawClient client = RawClient.session(server.port());
    for (Op op : oneOfEach()) {
      byte[] good = op.bodyAt(0);
      for (int at = 0; at + 4 <= good.length; at++) {
        for (int odd : ODD_INTS) {
          byte[] bad = good.clone();
          ByteBuffer.wrap(bad).putInt(at, odd);
          Frame reply = client.call(op.type(), bad);
          assertThat(reply.kind())
              .as("%s with %d at %d", op.words(), odd, at)
              .isNotEqualTo(Kind.SILENCE);
          if (reply.kind() == Kind.END) {
            client.close();
            client = RawClient.session(server.port());
          }
        }
      }
    }
    client.close();
  }

  private static List<Op> oneOfEach() {
    List<Acl> acl = List.of(new Acl(31, "digest", "u:p"));
    List<String> paths = List.of("/n", "/m");
    return List.of(
        Op.create(OpCode.CREATE, "/h", new byte[1], acl, Op.EPHEMERAL_SEQUENTIAL),
        Op.createTtl("/h", new byte[1], Op.OPEN, Op.TTL, 1),
        Op.delete("/x", 0),
        Op.setData("/n", new byte[2], -1),
        Op.setAcl("/x", acl, -1),
        Op.getChildren2("/n", true),
        Op.watch(OpCode.ADD_WATCH, "/n", 1),
        Op.multi(OpCode.MULTI, List.of(Op.check("/n", 0), Op.create("/z", "z"))),
        Op.multi(OpCode.MULTI_READ, List.of(Op.getData("/n", true))),
        Op.setWatches(0, List.of(paths, paths, paths, paths, paths)),
        Op.reconfig("a", "b", "c", 1),
        Op.auth("digest", "u:p"),
        Op.sasl(new byte[4]));
  }

  @Test
  @DisabledIf("apacheIsJudged")
  void quotaNodesWithNonsenseInThem() {
    List<byte[]> nonsense = new ArrayList<>();
    for (String text :
        new String[] {
          "",
          "x",
          "=",
          ",",
          "count",
          "count=",
          "count=x",
          "count=1",
          "bytes=1,count=1",
          ",=,=;;",
          "count=99999999999999999999,bytes=1",
          "count=-5,bytes=-5",
          "count=1,bytes=1=;x=y",
          "count=1,bytes=1=;byteHardLimit=z",
          "\ufffd\0\u0001"
        }) {
      nonsense.add(Reading.utf8(text));
    }
    nonsense.add(null);
    nonsense.add(new byte[] {(byte) 0xff, (byte) 0xfe});
    String base = "/zookeeper/quota/n";
    try (RawClient client = RawClient.session(server.port())) {
      client.call(Op.create(OpCode.CREATE, base, null, Op.OPEN, 0));
      for (byte[] bytes : nonsense) {
        for (String leaf : List.of("/zookeeper_limits", "/zookeeper_stats")) {
          List<Op> ops =
              List.of(
                  Op.create(OpCode.CREATE, base + leaf, bytes, Op.OPEN, 0),
                  Op.setData(base + leaf, bytes, -1),
                  Op.setData("/n", "new"),
                  Op.create("/n/x", "x"),
                  Op.delete("/n/x", -1),
                  Op.getData(base + leaf, true));
          for (Op op : ops) {
            assertThat(client.call(op).kind()).as(op.words()).isEqualTo(Kind.FRAME);
          }
        }
      }
      client.call(Op.delete(base + "/zookeeper_limits", -1));
    }
  }

  @Test
  void invalidUtf8InEveryString() {
    byte[][] sequences = {
      {(byte) 0xff},
      {(byte) 0xc0, (byte) 0x80},
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
      {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {(byte) 0xe2, (byte) 0x82},
      {(byte) 0x80},
      {0}
    };
    try (RawClient client = RawClient.session(server.port())) {
      for (byte[] bad : sequences) {
        byte[] path = new Jute.Out().raw(Reading.utf8("/u")).raw(bad).bytes();
        for (int type : new int[] {2, 3, 4, 5, 6, 8, 9, 12, 17, 18, 103, 104, 106}) {
          Frame reply = client.call(type, new Jute.Out().buf(path).i32(0).i32(0).bytes());
          assertThat(reply.kind()).isEqualTo(Kind.FRAME);
        }
        Jute.Out create = new Jute.Out().buf(path).buf(bad).i32(1).i32(31).buf(bad).buf(bad);
        assertThat(client.call(OpCode.CREATE, create.i32(0).bytes()).err()).isNotZero();
        Jute.Out open = new Jute.Out().buf(path).buf(bad).vec(Op.OPEN, (o, a) -> a.write(o));
        assertThat(client.call(OpCode.CREATE, open.i32(0).bytes()).err()).isEqualTo(-8);
      }
    }
  }

  @Test
  void manyHalfOpenConnections() {
    List<RawClient> idle = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      RawClient client = new RawClient(server.port());
      client.sendRaw(new byte[i % 4]);
      idle.add(client);
    }
    othersNow();
    idle.forEach(RawClient::close);
  }

  @Test
  void sendersThatTrickleAndReadersThatNeverRead() {
    byte[] big = new byte[500_000];
    List<RawClient> deaf = new ArrayList<>();
    try (RawClient client = RawClient.session(server.port())) {
      client.call(Op.create(OpCode.CREATE, "/big", big, Op.OPEN, 0));
      for (int i = 0; i < 4; i++) {
        RawClient reader = RawClient.session(server.port());
        for (int n = 0; n < 100; n++) {
          reader.request(OpCode.GET_DATA, Op.getData("/big", false).bodyAt(0));
        }
        deaf.add(reader);
      }
      othersNow();
      byte[] frame =
          RawClient.framed(RawClient.header(1, 3).raw(Op.exists("/n", false).bodyAt(0)).bytes());
      try (RawClient slow = RawClient.session(server.port())) {
        for (byte b : frame) {
          slow.sendRaw(new byte[] {b});
          othersNow();
        }
        assertThat(slow.next().err()).isZero();
      }
    }
    deaf.forEach(RawClient::close);
  }

  @Test
  @DisabledIf("apacheIsJudged")
  void aClientCannotDeleteContainersOrMakeSessionsByInternalOpcodes() {
    try (RawClient owner = RawClient.session(server.port())) {
      owner.call(Op.create("/locked", "x"));
    }
    for (int type : new int[] {OpCode.DELETE_CONTAINER, OpCode.CREATE_SESSION}) {
      try (RawClient client = RawClient.session(server.port())) {
        byte[] body = new Jute.Out().str("/locked").bytes();
        Frame reply = client.call(type, body);
        assertThat(reply.kind()).isNotEqualTo(Kind.SILENCE);
      }
    }
    try (RawClient witness = RawClient.session(server.port())) {
      assertThat(witness.call(Op.exists("/locked", false)).err()).isZero();
    }
  }

  /**
   * Apache 3.9.6 stops serving when a quota node holds nonsense and leaves createSession from a
   * client unanswered.
   */
  static boolean apacheIsJudged() {
    return Contender.subject() == Contender.APACHE;
  }

  private void othersNow() {
    try (RawClient client = RawClient.session(server.port())) {
      client.request(OpCode.EXISTS, Op.exists("/n", false).bodyAt(0));
      assertThat(client.next(Duration.ofSeconds(5)).kind()).isEqualTo(Kind.FRAME);
      client.call(Op.bare(OpCode.CLOSE_SESSION));
    }
  }

  private static byte[] mutate(byte[] body, Random random) {
    byte[] bad = body.clone();
    for (int n = random.nextInt(3); n >= 0 && bad.length >= 4; n--) {
      if (random.nextBoolean()) {
        ByteBuffer.wrap(bad).putInt(random.nextInt(bad.length - 3), odd(random));
      } else {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
    }
    return random.nextInt(3) == 0 ? java.util.Arrays.copyOf(bad, random.nextInt(80)) : bad;
  }

  private static int odd(Random random) {
    return ODD_INTS[random.nextInt(ODD_INTS.length)];
  }

  private static Random random(String what) {
    long seed = Long.getLong("oracle.seed", System.nanoTime());
    System.out.printf("hostile %s: -Doracle.seed=%d%n", what, seed);
    return new Random(seed);
  }
}
