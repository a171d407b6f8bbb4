package io.paddock.oracle;

import io.paddock.oracle.Op.Acl;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Throws random requests from one seed. Names come from a tiny alphabet so that requests meet the
 * nodes, versions and watches of earlier ones; a few are malformed.
 */
final class OpDice {

  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> ODD_PATHS =
      List.of(
          "",
          "a",
          "a/b",
          "//",
          "/a/",
          "/a//b",
          "/a/.",
          "/a/..",
          "/../a",
          "/a/...",
          "/.x",
          "/a\0",
          "/a\u0001",
          "/a\u007f",
          "/a\u009f",
          "/a\u00a0",
          "/\u00e9",
          "/a/\u4e16",
          "/\ue000",
          "/\uf8ff",
          "/\ufff0",
          "/\ufffd",
          "/a/\ud83d\ude00",
          "/a b",
          "/zookeeper/",
          "/%41");
  private static final List<String> BUILT_IN =
      List.of("/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config");
  private static final List<String> LIMITS =
      List.of(
          "count=2,bytes=-1",
          "count=-1,bytes=10",
          "count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=4",
          "count=-1,bytes=-1=;byteHardLimit=30;countHardLimit=-1",
          "count=5,bytes=100=;byteHardLimit=20;countHardLimit=3");

  private final Random random;
  private final boolean withLuck;
  private final boolean withRights;
  private final AclDice acls;

  /** The rest of a sequence that only makes sense as a whole. */
  private final Deque<Op> script = new ArrayDeque<>();

  OpDice(Random random) {
    this(random, true, false);
  }

  /**
   * @param withLuck also what Apache answers one way or the other when requests come in one piece
   *     (it judges quotas by what it has applied by then, and what stands in a multi before a null
   *     that it trips over stays pending for a while)
   * @param withRights mostly of who may do what: private znodes, lists that change, identities that
   *     come later, watches of clients that were away
   */
  OpDice(Random random, boolean withLuck, boolean withRights) {
    this(random, withLuck, withRights, new AclDice(random, withLuck, withRights));
  }

  /**
   * @param acls who may do what, and who clients say they are
   */
  OpDice(Random random, boolean withLuck, boolean withRights, AclDice acls) {
    this.random = random;
    this.withLuck = withLuck;
    this.withRights = withRights;
    this.acls = acls;
  }

  /** What a client sends first that has come back: its watches, and who it is, before or after. */
  void reconnected(long lastZxid) {
    script.clear();
    if (chance(50)) {
      script.add(acls.auth());
    }
    script.add(setWatches(lastZxid));
    if (chance(30)) {
      script.add(acls.auth());
    }
  }

  Op roll(long lastZxid) {
    if (!script.isEmpty() && chance(70)) {
      return script.poll();
    }
    Op op = wellFormed(lastZxid);
    return chance(4) ? malformed(op) : op;
  }

  private Op wellFormed(long lastZxid) {
    if (withRights && chance(30)) {
      return chance(60) ? acl() : watch(lastZxid);
    }
    int face = random.nextInt(100);
    if (face < 28) {
      return create();
    } else if (face < 38) {
      return Op.delete(path(), version());
    } else if (face < 48) {
      return Op.setData(path(), data(), version());
    } else if (face < 64) {
      return read();
    } else if (face < 71) {
      return Op.multi(OpCode.MULTI, parts());
    } else if (face < 74) {
      return Op.multi(OpCode.MULTI_READ, readParts());
    } else if (face < 82) {
      return watch(lastZxid);
    } else if (face < 88) {
      return acl();
    } else if (face < 90 && withLuck) {
      return quota();
    }
    return rare();
  }

  private Op create() {
    int type =
        pick(
            List.of(
                OpCode.CREATE,
                OpCode.CREATE,
                OpCode.CREATE2,
                OpCode.CREATE_CONTAINER,
                OpCode.CREATE_TTL));
    return create(type);
  }

  private Op create(int type) {
    String path = path();
    List<Acl> acl = chance(withRights ? 40 : 75) ? Op.OPEN : acls.list();
    return switch (type) {
      case OpCode.CREATE_TTL ->
          !withLuck || chance(85)
              ? Op.createTtl(path, data(), acl, 5 + random.nextInt(2), ttl())
              // A negative ttl with another flag makes Apache log what it cannot replay.
              : Op.createTtl(path, data(), acl, flags(), 3_600_000L);
      case OpCode.CREATE_CONTAINER ->
          Op.create(type, path, data(), acl, chance(90) ? Op.CONTAINER : flags());
      default -> Op.create(type, path, data(), acl, chance(90) ? random.nextInt(4) : flags());
    };
  }

  private int flags() {
    return chance(80) ? random.nextInt(8) : pick(List.of(-1, 8, 100, Integer.MAX_VALUE));
  }

  private long ttl() {
    return chance(80)
        ? 3_600_000L
        : pick(List.of(0L, -1L, 1L, 0xFFFFFFFFFFL, 0x10000000000L, Long.MAX_VALUE, Long.MIN_VALUE));
  }

  private Op read() {
    int type = pick(List.of(3, 3, 4, 4, 8, 12, 12));
    return Op.read(type, path(), chance(50));
  }

  private List<Op> parts() {
    List<Op> parts = new ArrayList<>();
    int count = chance(5) ? 0 : 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      parts.add(part());
    }
    return parts;
  }

  private Op part() {
    int face = random.nextInt(100);
    if (face < 40) {
      return create();
    } else if (face < 60) {
      return Op.delete(path(), chance(80) ? -1 : version());
    } else if (face < 80) {
      return Op.setData(path(), data(), chance(80) ? -1 : version());
    } else if (face < 97) {
      return Op.check(path(), version());
    }
    return chance(50) ? read() : Op.setAcl(path(), Op.OPEN, -1);
  }

  private List<Op> readParts() {
    List<Op> parts = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      int type = pick(List.of(OpCode.GET_DATA, OpCode.GET_CHILDREN));
      boolean other = chance(4);
      parts.add(other ? part() : Op.read(type, path(), chance(50)));
    }
    return parts;
  }

  private Op watch(long lastZxid) {
    int face = random.nextInt(10);
    if (face < 4) {
      return Op.watch(OpCode.ADD_WATCH, path(), chance(95) ? random.nextInt(2) : 2);
    } else if (face < 6) {
      return Op.watch(OpCode.REMOVE_WATCHES, path(), watcherType());
    } else if (face < 8) {
      return Op.watch(OpCode.CHECK_WATCHES, path(), watcherType());
    }
    return setWatches(lastZxid);
  }

  private Op setWatches(long lastZxid) {
    List<List<String>> paths = new ArrayList<>();
    int lists = chance(50) ? 3 : 5;
    for (int i = 0; i < lists; i++) {
      int list = random.nextInt(60);
      paths.add(list == 0 ? null : list < 20 ? List.of() : Arrays.asList(path(), path()));
    }
    long seen = chance(90) ? lastZxid - random.nextInt(20) : pick(List.of(-1L, Long.MIN_VALUE, 9L));
    return Op.setWatches(seen, paths);
  }

  private int watcherType() {
    return chance(95) ? 1 + random.nextInt(5) : pick(List.of(0, 6, -1));
  }

  private Op acl() {
    int face = random.nextInt(10);
    if (face < 4) {
      return Op.path(OpCode.GET_ACL, path());
    } else if (face < 7) {
      List<Acl> acl = chance(50) ? Op.OPEN : acls.list();
      return Op.setAcl(path(), acl, version());
    }
    return face < 8 ? Op.bare(OpCode.WHO_AM_I) : acls.auth();
  }

  private Op quota() {
    String path = "/" + pick(NAMES) + (chance(30) ? "/" + pick(NAMES) : "");
    String base = "/zookeeper/quota";
    for (String name : path.substring(1).split("/")) {
      base += "/" + name;
      script.add(Op.create(OpCode.CREATE, base, null, Op.OPEN, 0));
    }
    script.add(Op.create(base + "/zookeeper_limits", pick(LIMITS)));
    script.add(Op.create(base + "/zookeeper_stats", "count=0,bytes=0"));
    script.add(Op.getData(base + "/zookeeper_stats", true));
    script.add(Op.setData(path, "more than ten bytes"));
    script.add(Op.getData(base + "/zookeeper_stats", false));
    if (chance(50)) {
      script.add(Op.setData(base + "/zookeeper_limits", Reading.utf8(pick(LIMITS)), -1));
      script.add(create());
    }
    if (chance(30)) {
      script.add(Op.delete(base + "/zookeeper_limits", -1));
    }
    return Op.exists(path, false);
  }

  private Op rare() {
    return switch (random.nextInt(16)) {
      case 0, 1, 2 -> Op.path(OpCode.SYNC, path());
      case 3 -> Op.bare(OpCode.PING);
      case 4, 5 -> Op.path(OpCode.GET_EPHEMERALS, pick(List.of("/", "", "/a", "/b/c", " ")));
      case 6, 7 -> Op.path(OpCode.GET_ALL_CHILDREN_NUMBER, path());
      case 8 -> Op.bare(OpCode.CLOSE_SESSION);
      case 9 -> Op.check(path(), version());
      case 10 -> Op.auth(pick(List.of("nobody", "world", "ip", "sasl", "super")), "x:y");
      case 11 -> Op.auth("digest", chance(20) ? null : Reading.utf8("carol"));
      case 12 -> Op.sasl(chance(50) ? null : new byte[] {1, 2, 3});
      case 13 -> Op.reconfig(null, "1", chance(50) ? null : "server.1=a:1:2;3", random.nextInt(3));
      case 14 -> Op.of(pick(List.of(10, 23, 99, 108, -2, 1000)), new byte[0], "unknown opcode");
      default -> Op.path(pick(List.of(OpCode.SYNC, OpCode.GET_ACL, OpCode.GET_EPHEMERALS)), null);
    };
  }

  /** The same request with a body that is cut, too long, or holds an odd number somewhere. */
  private Op malformed(Op op) {
    if (!withLuck && OpCode.isCreating(op.type())) {
      return op;
    }
    byte[] body = op.bodyAt(0);
    ByteBuffer bytes = ByteBuffer.allocate(body.length + 8).put(body);
    int size = body.length;
    int at = size == 0 ? 0 : random.nextInt(size);
    String how;
    switch (random.nextInt(5)) {
      case 0 -> {
        how = "cut at " + at;
        size = at;
      }
      case 1 -> {
        how = "8 bytes longer";
        size += 8;
      }
      case 2 -> {
        how = "length at " + at + " is odd";
        int odd = pick(List.of(-1, -2, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x00ffffff, 0));
        bytes.putInt(at, odd);
      }
      case 3 -> {
        how = "first length is odd";
        bytes.putInt(0, pick(List.of(-1, -2, Integer.MAX_VALUE, 1, 0)));
      }
      default -> {
        how = "byte at " + at + " is flipped";
        bytes.put(at, (byte) (bytes.get(at) ^ (1 << random.nextInt(8))));
      }
    }
    byte[] result = new byte[size];
    bytes.get(0, result);
    if (op.type() == OpCode.CREATE_TTL && cannotReplay(result)) {
      return op;
    }
    return Op.of(
        op.type(), result, op.words() + " MALFORMED: " + how + " " + Reading.bytes(result));
  }

  /**
   * Whether a createTTL has a negative time to live and the flags of another kind of znode. Apache
   * takes it and logs what it cannot replay; Paddock refuses it (docs/decisions.md).
   */
  private static boolean cannotReplay(byte[] createTtl) {
    Jute.In in = new Jute.In(createTtl);
    try {
      in.buf();
      in.buf();
      for (int entries = in.i32(); entries > 0; entries--) {
        in.i32();
        in.buf();
        in.buf();
      }
      int flags = in.i32();
      return flags != Op.TTL && flags != Op.TTL_SEQUENTIAL && in.i64() < 0;
    } catch (BufferUnderflowException e) {
      return false;
    }
  }

  private String path() {
    int face = random.nextInt(100);
    if (face < 4) {
      return pick(ODD_PATHS);
    } else if (face < 8) {
      return pick(BUILT_IN);
    } else if (face < 9) {
      return withLuck && chance(50) ? null : "/zookeeper/quota/" + pick(NAMES);
    }
    StringBuilder path = new StringBuilder("/" + pick(NAMES));
    for (int depth = 1; depth < 3 && chance(45); depth++) {
      path.append('/').append(pick(NAMES));
    }
    return path.toString();
  }

  private byte[] data() {
    return switch (random.nextInt(8)) {
      case 0 -> null;
      case 1, 2 -> new byte[0];
      case 3 -> Reading.utf8("some thirty bytes of data here");
      default -> Reading.utf8("d" + random.nextInt(10));
    };
  }

  private int version() {
    return chance(60) ? -1 : chance(90) ? random.nextInt(3) : pick(List.of(-2, Integer.MAX_VALUE));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(List<T> items) {
    return items.get(random.nextInt(items.size()));
  }
}
