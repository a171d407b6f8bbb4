package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.CreateMode;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.Paths;
import io.paddock.wire.Stat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * ZooKeeper's data model as one would first write it: a mutable map from path to znode. Every list
 * is open, and no path is absurd; what it knows it knows from the client protocol sheet.
 */
final class NaiveTree {
  /** A znode. */
  static final class Znode {
    byte[] data;
    long czxid;
    long mzxid;
    long pzxid;
    long ctime;
    long mtime;
    int version;
    int created;
    int aversion;
    long owner;
    boolean ephemeral;
    final TreeSet<String> children = new TreeSet<>();

    Stat stat() {
      return new Stat(
          czxid,
          mzxid,
          ctime,
          mtime,
          version,
          2 * created - children.size(),
          aversion,
          ephemeral ? owner : 0,
          data == null ? 0 : data.length,
          children.size(),
          pzxid);
    }

    Znode copy() {
      Znode copy = new Znode();
      copy.data = data;
      copy.czxid = czxid;
      copy.mzxid = mzxid;
      copy.pzxid = pzxid;
      copy.ctime = ctime;
      copy.mtime = mtime;
      copy.version = version;
      copy.created = created;
      copy.aversion = aversion;
      copy.owner = owner;
      copy.ephemeral = ephemeral;
      copy.children.addAll(children);
      return copy;
    }
  }

  Map<String, Znode> znodes = new TreeMap<>();
  Map<Long, Integer> sessions = new HashMap<>();

  NaiveTree() {
    for (String path : List.of("/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config")) {
      Znode znode = new Znode();
      znode.data = new byte[0];
      znodes.put(path, znode);
    }
    znodes.get("/").children.add("zookeeper");
    znodes.get("/zookeeper").children.addAll(List.of("quota", "config"));
    znodes.get("/zookeeper/config").aversion = -1;
  }

  /** Carries an operation out; what it answers. */
  ErrorCode perform(long session, Op op, long zxid, long now) {
    if (op instanceof Op.CreateSession create) {
      sessions.put(session, create.timeoutMs());
      return ErrorCode.OK;
    }
    if (op instanceof Op.CloseSession) {
      List<String> dying = new ArrayList<>();
      znodes.forEach(
          (path, znode) -> {
            if (znode.ephemeral && znode.owner == session) {
              dying.add(path);
            }
          });
      dying.forEach(path -> remove(path, zxid));
      sessions.remove(session);
      return ErrorCode.OK;
    }
    if (op instanceof Op.Multi multi) {
      return multi(session, multi, zxid, now);
    }
    return one(session, op, zxid, now);
  }

  private ErrorCode multi(long session, Op.Multi multi, long zxid, long now) {
    Map<String, Znode> before = new TreeMap<>();
    znodes.forEach((path, znode) -> before.put(path, znode.copy()));
    for (Op op : multi.ops()) {
      if (one(session, op, zxid, now) != ErrorCode.OK) {
        znodes = before;
        return ErrorCode.OK;
      }
    }
    return ErrorCode.OK;
  }

  private ErrorCode one(long session, Op op, long zxid, long now) {
    if (!sessions.containsKey(session)) {
      return ErrorCode.SESSIONEXPIRED;
    }
    return switch (op.code()) {
      case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL ->
          create(session, (Op.Create) op, zxid, now);
      case DELETE -> delete((Op.Delete) op, zxid);
      case SET_DATA -> setData((Op.SetData) op, zxid, now);
      case SET_ACL -> setAcl((Op.SetAcl) op);
      case CHECK -> {
        Op.Check check = (Op.Check) op;
        Znode znode = znodes.get(check.path());
        yield znode == null ? ErrorCode.NONODE : version(check.version(), znode.version);
      }
      default -> throw new IllegalArgumentException(op.toString());
    };
  }

  private ErrorCode create(long session, Op.Create create, long zxid, long now) {
    CreateMode mode = CreateMode.of(create.flags());
    Znode parent = znodes.get(Paths.parent(create.path()));
    if (parent == null) {
      return ErrorCode.NONODE;
    }
    String path = create.path();
    if (mode.isSequential()) {
      path = path + String.format("%010d", parent.created);
    }
    if (znodes.containsKey(path)) {
      return ErrorCode.NODEEXISTS;
    }
    if (parent.ephemeral) {
      return ErrorCode.NOCHILDRENFOREPHEMERALS;
    }
    Znode znode = new Znode();
    znode.data = create.data();
    znode.czxid = zxid;
    znode.mzxid = zxid;
    znode.pzxid = zxid;
    znode.ctime = now;
    znode.mtime = now;
    znode.ephemeral = mode.isEphemeral();
    znode.owner = mode.isEphemeral() ? session : 0;
    if (create.code() == OpCode.CREATE_CONTAINER) {
      znode.owner = Long.MIN_VALUE;
    }
    if (create.code() == OpCode.CREATE_TTL) {
      znode.owner = 0xff00000000000000L | create.ttlMs();
    }
    znodes.put(path, znode);
    parent.children.add(Paths.name(path));
    parent.created++;
    parent.pzxid = zxid;
    return ErrorCode.OK;
  }

  private ErrorCode delete(Op.Delete delete, long zxid) {
    Znode znode = znodes.get(delete.path());
    if (znode == null) {
      return ErrorCode.NONODE;
    }
    ErrorCode error = version(delete.version(), znode.version);
    if (error != ErrorCode.OK) {
      return error;
    }
    if (!znode.children.isEmpty()) {
      return ErrorCode.NOTEMPTY;
    }
    remove(delete.path(), zxid);
    return ErrorCode.OK;
  }

  private ErrorCode setData(Op.SetData set, long zxid, long now) {
    Znode znode = znodes.get(set.path());
    if (znode == null) {
      return ErrorCode.NONODE;
    }
    ErrorCode error = version(set.version(), znode.version);
    if (error == ErrorCode.OK) {
      znode.data = set.data();
      znode.version++;
      znode.mzxid = zxid;
      znode.mtime = now;
    }
    return error;
  }

  private ErrorCode setAcl(Op.SetAcl set) {
    Znode znode = znodes.get(set.path());
    if (znode == null) {
      return ErrorCode.NONODE;
    }
    ErrorCode error = version(set.version(), znode.aversion);
    if (error == ErrorCode.OK) {
      znode.aversion++;
    }
    return error;
  }

  private void remove(String path, long zxid) {
    znodes.remove(path);
    Znode parent = znodes.get(Paths.parent(path));
    parent.children.remove(Paths.name(path));
    parent.pzxid = zxid;
  }

  private static ErrorCode version(int expected, int actual) {
    return expected == -1 || expected == actual ? ErrorCode.OK : ErrorCode.BADVERSION;
  }

  /** The one list it knows. */
  static List<Acl> open() {
    return Acl.OPEN;
  }
}
