package io.paddock.sim;

import io.paddock.wire.Acl;
import io.paddock.wire.CreateMode;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a client thinks of to ask next: a little of everything, on few znodes. One thread. */
final class Workload {
  private static final int NODES_MAX = 60;
  private static final int[] PERMS = {31, 31, 31, 31 & ~2, 31 & ~4, 31 & ~1, 31 & ~8};
  private static final String[] TOPS = {"/a", "/b", "/c"};

  private final World world;
  private final long client;
  private final boolean administrator;
  private int made;

  /**
   * @param administrator whether to reconfigure the ensemble, and nothing else
   */
  Workload(World world, long client, boolean administrator) {
    this.world = world;
    this.client = client;
    this.administrator = administrator;
  }

  /** Another membership, a whole one or a change of one server; or nothing much. */
  private Request reconfiguration() {
    if (!world.oneIn(25) || world.isHealed()) {
      return Request.read(OpCode.SYNC, "/a", false);
    }
    List<String> lines = new ArrayList<>();
    int voters = 0;
    for (long sid : world.servers.keySet()) {
      boolean votes = !world.oneIn(3);
      voters += votes ? 1 : 0;
      lines.add(
          "server.%d=s%d:2888:3888:%s;2181"
              .formatted(sid, sid, votes ? "participant" : "observer"));
    }
    if (voters < 2 || world.oneIn(2)) {
      String line = lines.get(world.random.nextInt(lines.size()));
      return Request.of(new Op.Reconfig(line, null, null, -1));
    }
    return Request.of(new Op.Reconfig(null, null, String.join(",", lines), -1));
  }

  Request next(long session, ClientWatches registry) {
    if (administrator) {
      return reconfiguration();
    }
    int draw = world.random.nextInt(100);
    if (draw < 20) {
      return Request.of(create());
    }
    if (draw < 34) {
      return Request.of(set());
    }
    if (draw < 44) {
      return Request.of(delete());
    }
    if (draw < 50) {
      return Request.of(multi());
    }
    if (draw < 53) {
      return Request.of(new Op.SetAcl(path(), NaiveNode.aclOf(perms()), -1));
    }
    if (draw < 58) {
      return Request.read(OpCode.SYNC, "/a", false);
    }
    if (draw == 59) {
      return Request.malformed();
    }
    if (draw == 58 && world.oneIn(3)) {
      return Request.of(new Op.CloseSession());
    }
    return read(registry);
  }

  private Request read(ClientWatches registry) {
    return switch (world.random.nextInt(14)) {
      case 0, 1, 2, 3 -> Request.read(OpCode.GET_DATA, path(), world.oneIn(2));
      case 4, 5, 6 -> Request.read(OpCode.EXISTS, path(), world.oneIn(2));
      case 7 -> Request.read(OpCode.GET_CHILDREN, path(), world.oneIn(2));
      case 8 -> Request.read(OpCode.GET_CHILDREN2, path(), world.oneIn(2));
      case 9 ->
          Request.read(
              world.oneIn(2) ? OpCode.GET_ACL : OpCode.GET_ALL_CHILDREN_NUMBER, path(), false);
      case 10 -> Request.read(OpCode.GET_EPHEMERALS, "/a", false);
      case 11 -> Request.multiRead(List.of(path(), path()));
      case 12 -> Request.watch(OpCode.ADD_WATCH, path(), world.random.nextInt(2));
      default -> watchRequest(registry);
    };
  }

  private Request watchRequest(ClientWatches registry) {
    int[] types = {1, 2, 4, 5};
    int type = types[world.random.nextInt(types.length)];
    String path = registry.first() == null ? path() : registry.first();
    return Request.watch(world.oneIn(2) ? OpCode.CHECK_WATCHES : OpCode.REMOVE_WATCHES, path, type);
  }

  /** One that is there, or may be. */
  private String path() {
    if (!world.oneIn(4)) {
      String known = known();
      if (known != null) {
        return known;
      }
    }
    return fresh();
  }

  private String known() {
    List<String> paths = new ArrayList<>(world.chronicle.latest().nodes.keySet());
    String path = paths.get(world.random.nextInt(paths.size()));
    return path.isEmpty() ? null : path;
  }

  private String fresh() {
    String top = TOPS[world.random.nextInt(TOPS.length)];
    return switch (world.random.nextInt(4)) {
      case 0 -> top;
      case 1 -> top + "/n" + world.random.nextInt(4) + "/m" + world.random.nextInt(2);
      default -> top + "/n" + world.random.nextInt(6);
    };
  }

  private byte[] data() {
    return switch (world.random.nextInt(10)) {
      case 0 -> null;
      case 1 -> new byte[0];
      case 2 -> new byte[world.random.nextInt(400)];
      default -> ("client " + client + " no " + made++).getBytes(StandardCharsets.UTF_8);
    };
  }

  private int perms() {
    return PERMS[world.random.nextInt(PERMS.length)];
  }

  private List<Acl> acl() {
    return world.oneIn(12) ? NaiveNode.aclOf(perms()) : Acl.OPEN;
  }

  private Op create() {
    if (world.chronicle.latest().nodes.size() > NODES_MAX) {
      return delete();
    }
    return switch (world.random.nextInt(10)) {
      case 0, 1, 2 -> create(fresh(), CreateMode.PERSISTENT);
      case 3, 4 -> create(fresh(), CreateMode.EPHEMERAL);
      case 5 -> create(fresh() + "-", CreateMode.PERSISTENT_SEQUENTIAL);
      case 6, 7 -> create(fresh() + "-", CreateMode.EPHEMERAL_SEQUENTIAL);
      case 8 ->
          new Op.Create(
              OpCode.CREATE_CONTAINER, fresh(), data(), acl(), CreateMode.CONTAINER.flag(), -1);
      default ->
          new Op.Create(
              OpCode.CREATE_TTL,
              fresh(),
              data(),
              acl(),
              CreateMode.PERSISTENT_WITH_TTL.flag(),
              world.upTo(6000));
    };
  }

  private Op create(String path, CreateMode mode) {
    OpCode code = world.oneIn(2) ? OpCode.CREATE : OpCode.CREATE2;
    return new Op.Create(code, path, data(), acl(), mode.flag(), -1);
  }

  private Op set() {
    return new Op.SetData(path(), data(), version());
  }

  private Op delete() {
    return new Op.Delete(path(), world.oneIn(3) ? version() : -1);
  }

  private int version() {
    return world.oneIn(3) ? world.random.nextInt(3) : -1;
  }

  private Op multi() {
    List<Op> ops = new ArrayList<>();
    for (int i = world.upTo(3); i > 0; i--) {
      ops.add(
          switch (world.random.nextInt(4)) {
            case 0 -> create(fresh(), CreateMode.PERSISTENT);
            case 1 -> create(fresh() + "-", CreateMode.EPHEMERAL_SEQUENTIAL);
            case 2 -> set();
            default -> world.oneIn(2) ? delete() : new Op.Check(path(), world.oneIn(2) ? -1 : 0);
          });
    }
    return new Op.Multi(ops);
  }
}
