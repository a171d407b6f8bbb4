package io.paddock.sim;

import io.paddock.wire.Acl;
import io.paddock.wire.CreateMode;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MultiHeader;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.WatcherEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * What a write does, said a second time and simply: checks, change and reply of each operation
 * (client protocol sheet, sections 3.1 to 3.3) on plain maps. Knows what the simulated clients ask
 * for and no more. One object for one write.
 */
final class Model {
  private final long session;
  private final long zxid;
  private final long timeMs;
  private final NaiveTree before;
  private NaiveTree tree;
  private List<NaiveChange> changes = new ArrayList<>();
  private final JuteWriter body = new JuteWriter();

  /** Whether each operation's answer stands behind a header of its own, as in a multi. */
  private boolean answersParts;

  private Model(NaiveTree before, long session, long zxid, long timeMs) {
    this.before = before;
    this.tree = before.copy();
    this.session = session;
    this.zxid = zxid;
    this.timeMs = timeMs;
  }

  /** The outcome of {@code op} on a state. */
  static Outcome perform(NaiveTree before, long session, Op op, long zxid, long timeMs) {
    Model model = new Model(before, session, zxid, timeMs);
    ErrorCode error = model.run(op);
    return error == ErrorCode.OK
        ? new Outcome(error, model.body.toByteArray(), model.tree, model.changes)
        : refused(before, error);
  }

  /** The outcome of a write that is refused. */
  static Outcome refused(NaiveTree before, ErrorCode error) {
    return new Outcome(error, new byte[0], before, List.of());
  }

  private ErrorCode run(Op op) {
    if (op instanceof Op.Malformed) {
      return before.hasSession(session) ? ErrorCode.MARSHALLINGERROR : ErrorCode.SESSIONEXPIRED;
    }
    return switch (op.code()) {
      case CREATE_SESSION -> createSession((Op.CreateSession) op);
      case CLOSE_SESSION -> closeSession();
      case DELETE_CONTAINER -> reap(((Op.DeleteContainer) op).path());
      case MULTI -> before.hasSession(session) ? multi((Op.Multi) op) : ErrorCode.SESSIONEXPIRED;
      default -> before.hasSession(session) ? runPart(op) : ErrorCode.SESSIONEXPIRED;
    };
  }

  private ErrorCode runPart(Op op) {
    return switch (op.code()) {
      case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL -> create((Op.Create) op);
      case DELETE -> delete((Op.Delete) op);
      case SET_DATA -> setData((Op.SetData) op);
      case SET_ACL -> setAcl((Op.SetAcl) op);
      case CHECK -> check((Op.Check) op);
      default -> throw new SimFinding("no client asks for " + op.code());
    };
  }

  private ErrorCode createSession(Op.CreateSession op) {
    tree.sessions.put(session, op.timeoutMs());
    return ErrorCode.OK;
  }

  private ErrorCode closeSession() {
    if (!before.hasSession(session)) {
      return ErrorCode.SESSIONEXPIRED;
    }
    for (String path : before.ephemerals(session)) {
      remove(path);
    }
    tree.sessions.remove(session);
    return ErrorCode.OK;
  }

  private ErrorCode reap(String path) {
    NaiveNode node = tree.get(path);
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!tree.children(path).isEmpty()) {
      return ErrorCode.NOTEMPTY;
    }
    boolean container = node.reapAfterMs() == 0 && node.creations() > 0;
    boolean expired = node.reapAfterMs() > 0 && timeMs - node.mtime() > node.reapAfterMs();
    if (!container && !expired) {
      throw new SimFinding("the leader removes " + path + ", whose time has not come");
    }
    remove(path);
    return ErrorCode.OK;
  }

  private ErrorCode create(Op.Create op) {
    CreateMode mode = CreateMode.of(op.flags());
    String parentPath = NaiveTree.parent(op.path());
    NaiveNode parent = tree.get(parentPath);
    if (parent == null) {
      return ErrorCode.NONODE;
    }
    if (!parent.permits(Acl.CREATE)) {
      return ErrorCode.NOAUTH;
    }
    String path =
        mode.isSequential() ? op.path() + String.format("%010d", parent.creations()) : op.path();
    if (tree.get(path) != null) {
      return ErrorCode.NODEEXISTS;
    }
    if (parent.owner() != 0) {
      return ErrorCode.NOCHILDRENFOREPHEMERALS;
    }
    long reapAfterMs =
        switch (op.code()) {
          case CREATE_CONTAINER -> 0;
          case CREATE_TTL -> op.ttlMs();
          default -> -1;
        };
    int perms = op.acl().get(0).perms();
    long owner = mode.isEphemeral() ? session : 0;
    tree.nodes.put(path, NaiveNode.fresh(op.data(), perms, zxid, timeMs, owner, reapAfterMs));
    tree.nodes.put(parentPath, parent.withChild(true, zxid));
    changes.add(new NaiveChange(WatcherEvent.NODE_CREATED, path, perms));
    changes.add(new NaiveChange(WatcherEvent.NODE_CHILDREN_CHANGED, parentPath, parent.perms()));
    boolean plain = op.code() == OpCode.CREATE;
    answer(plain ? OpCode.CREATE : OpCode.CREATE2);
    body.writeString(path);
    if (!plain) {
      tree.stat(path).write(body);
    }
    return ErrorCode.OK;
  }

  private ErrorCode delete(Op.Delete op) {
    NaiveNode parent = tree.get(NaiveTree.parent(op.path()));
    if (parent == null) {
      return ErrorCode.NONODE;
    }
    if (!parent.permits(Acl.DELETE)) {
      return ErrorCode.NOAUTH;
    }
    NaiveNode node = tree.get(op.path());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (isOther(op.version(), node.version())) {
      return ErrorCode.BADVERSION;
    }
    if (!tree.children(op.path()).isEmpty()) {
      return ErrorCode.NOTEMPTY;
    }
    remove(op.path());
    answer(OpCode.DELETE);
    return ErrorCode.OK;
  }

  private ErrorCode setData(Op.SetData op) {
    NaiveNode node = tree.get(op.path());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!node.permits(Acl.WRITE)) {
      return ErrorCode.NOAUTH;
    }
    if (isOther(op.version(), node.version())) {
      return ErrorCode.BADVERSION;
    }
    tree.nodes.put(op.path(), node.withData(op.data(), zxid, timeMs));
    changes.add(new NaiveChange(WatcherEvent.NODE_DATA_CHANGED, op.path(), node.perms()));
    answer(OpCode.SET_DATA);
    tree.stat(op.path()).write(body);
    return ErrorCode.OK;
  }

  private ErrorCode setAcl(Op.SetAcl op) {
    NaiveNode node = tree.get(op.path());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!node.permits(Acl.ADMIN)) {
      return ErrorCode.NOAUTH;
    }
    if (isOther(op.version(), node.aversion())) {
      return ErrorCode.BADVERSION;
    }
    tree.nodes.put(op.path(), node.withPerms(op.acl().get(0).perms()));
    tree.stat(op.path()).write(body);
    return ErrorCode.OK;
  }

  private ErrorCode check(Op.Check op) {
    NaiveNode node = tree.get(op.path());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!node.permits(Acl.READ)) {
      return ErrorCode.NOAUTH;
    }
    if (isOther(op.version(), node.version())) {
      return ErrorCode.BADVERSION;
    }
    answer(OpCode.CHECK);
    return ErrorCode.OK;
  }

  /** All or none; the answer of a failed one says what became of each. */
  private ErrorCode multi(Op.Multi multi) {
    List<Op> ops = multi.ops();
    answersParts = true;
    for (int i = 0; i < ops.size(); i++) {
      ErrorCode error = runPart(ops.get(i));
      if (error != ErrorCode.OK) {
        failMulti(ops.size(), i, error);
        return ErrorCode.OK;
      }
    }
    MultiHeader.writeEnd(body);
    return ErrorCode.OK;
  }

  private void failMulti(int count, int failed, ErrorCode error) {
    tree = before;
    changes = new ArrayList<>();
    body.clear();
    for (int i = 0; i < count; i++) {
      ErrorCode each =
          i < failed ? ErrorCode.OK : i == failed ? error : ErrorCode.RUNTIMEINCONSISTENCY;
      MultiHeader.write(body, OpCode.ERROR.code(), false, each.code());
      body.writeInt(each.code());
    }
    MultiHeader.writeEnd(body);
  }

  private void answer(OpCode type) {
    if (answersParts) {
      MultiHeader.write(body, type.code(), false, ErrorCode.OK.code());
    }
  }

  private void remove(String path) {
    NaiveNode node = tree.nodes.remove(path);
    String parentPath = NaiveTree.parent(path);
    NaiveNode parent = tree.get(parentPath);
    tree.nodes.put(parentPath, parent.withChild(false, zxid));
    changes.add(new NaiveChange(WatcherEvent.NODE_DELETED, path, node.perms()));
    changes.add(new NaiveChange(WatcherEvent.NODE_CHILDREN_CHANGED, parentPath, parent.perms()));
  }

  private static boolean isOther(int wanted, int version) {
    return wanted != -1 && wanted != version;
  }
}
