package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.CreateMode;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.Paths;
import java.util.ArrayList;
import java.util.List;

/**
 * One transaction in the making. Each operation's method makes the checks in their order (client
 * protocol sheet, section 3.2; the first that fails wins), then the change, the record and the
 * answer. Longer than most classes, so that the checks of all operations stand side by side, as in
 * the sheet's table.
 */
final class Draft {
  private static final String CONFIG = "/zookeeper/config";

  private final PrepSettings settings;
  private final AccessControl access;
  private final Tree base;
  private final long sessionId;
  private final List<Id> ids;
  private final Stamp stamp;
  private final Digester digester;
  private Editor editor;
  private OpCode type;
  private TxnBody body;
  private Result result;

  Draft(PrepSettings settings, Tree base, Digester digester, Asker asker, Stamp stamp) {
    this.settings = settings;
    this.access = settings.access();
    this.base = base;
    this.digester = digester;
    this.editor = new Editor(base, digester);
    this.sessionId = asker.sessionId();
    this.ids = asker.ids();
    this.stamp = stamp;
  }

  /** Makes the transaction for {@code op}; not OK when it is refused. */
  ErrorCode make(Op op) {
    if (op instanceof Op.Malformed) {
      return ErrorCode.MARSHALLINGERROR;
    }
    return switch (op.code()) {
      case MULTI -> multi((Op.Multi) op);
      case SET_ACL -> setAcl((Op.SetAcl) op);
      case RECONFIG -> reconfig();
      case CREATE_SESSION -> createSession((Op.CreateSession) op);
      case CLOSE_SESSION -> closeSession();
      case DELETE_CONTAINER -> deleteContainer((Op.DeleteContainer) op);
      case CHECK -> ErrorCode.UNIMPLEMENTED;
      default -> makePart(op);
    };
  }

  Tree finish() {
    return editor.finish(stamp.zxid());
  }

  OpCode type() {
    return type;
  }

  TxnBody body() {
    return body;
  }

  Result result() {
    return result;
  }

  List<Change> changes() {
    return editor.changes();
  }

  private void made(OpCode newType, TxnBody newBody, Result newResult) {
    type = newType;
    body = newBody;
    result = newResult;
  }

  /** What may stand in a multi as well. */
  private ErrorCode makePart(Op op) {
    return switch (op.code()) {
      case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL -> create((Op.Create) op, op.code());
      case DELETE -> delete((Op.Delete) op);
      case SET_DATA -> setData((Op.SetData) op);
      case CHECK -> check((Op.Check) op);
      default -> ErrorCode.MARSHALLINGERROR;
    };
  }

  private ErrorCode create(Op.Create op, OpCode code) {
    CreateMode mode = CreateMode.of(op.flags());
    if (mode == null) {
      return ErrorCode.BADARGUMENTS;
    }
    ErrorCode error = checkTtl(op, code, mode);
    if (error != ErrorCode.OK) {
      return error;
    }
    if (!hasSession()) {
      return ErrorCode.SESSIONEXPIRED;
    }
    if (mode.isEphemeral() && !hasGlobalSession()) {
      return ErrorCode.EPHEMERALONLOCALSESSION;
    }
    String path = op.path();
    if (path == null) {
      return ErrorCode.MARSHALLINGERROR;
    }
    int slash = path.lastIndexOf('/');
    if (slash < 0 || path.indexOf('\0') >= 0) {
      return ErrorCode.BADARGUMENTS;
    }
    List<Acl> acl = op.acl();
    if (acl == null || !acl.equals(Acl.OPEN)) {
      acl = new ArrayList<>();
      error = access.fixup(op.acl(), ids, acl);
      if (error != ErrorCode.OK) {
        return error;
      }
    }
    Node parent = editor.walk(path, slash);
    if (parent == null) {
      return ErrorCode.NONODE;
    }
    if (!access.permits(parent.acl(), Acl.CREATE, ids, path, acl)) {
      return ErrorCode.NOAUTH;
    }
    if (mode.isSequential()) {
      path = path + suffix(parent.cversion());
    }
    if (!Paths.isValid(path)) {
      return ErrorCode.BADARGUMENTS;
    }
    if (slash == path.length() - 1 || editor.child(path, slash + 1) != null) {
      return ErrorCode.NODEEXISTS;
    }
    if (parent.ownerType() == OwnerType.EPHEMERAL) {
      return ErrorCode.NOCHILDRENFOREPHEMERALS;
    }
    if (refusesQuota(path, bytes(op.data()), 1)) {
      return ErrorCode.QUOTAEXCEEDED;
    }
    insert(op, code, mode, path, slash, acl, parent.cversion() + 1);
    return ErrorCode.OK;
  }

  private void insert(
      Op.Create op,
      OpCode code,
      CreateMode mode,
      String path,
      int slash,
      List<Acl> acl,
      int cversion) {
    byte[] data = op.data();
    long owner =
        switch (code) {
          case CREATE_CONTAINER -> OwnerType.CONTAINER_OWNER;
          case CREATE_TTL -> OwnerType.ttlOwner(op.ttlMs());
          default -> mode.isEphemeral() ? sessionId : 0;
        };
    TxnBody newBody =
        switch (code) {
          case CREATE_CONTAINER -> new TxnBody.CreateContainer(path, data, acl, cversion);
          case CREATE_TTL -> new TxnBody.CreateTtl(path, data, acl, cversion, op.ttlMs());
          default -> new TxnBody.Create(path, data, acl, mode.isEphemeral(), cversion);
        };
    Node node = editor.insert(path, slash, data, AclList.of(acl), owner, cversion, stamp);
    made(code, newBody, Result.created(code, path, node));
  }

  private ErrorCode checkTtl(Op.Create op, OpCode code, CreateMode mode) {
    boolean carriesTtl = code == OpCode.CREATE_TTL;
    if (!mode.isTtl()) {
      return carriesTtl ? ErrorCode.BADARGUMENTS : ErrorCode.OK;
    }
    if (!base.settings.hasExtendedTypes()) {
      return ErrorCode.UNIMPLEMENTED;
    }
    boolean inRange = carriesTtl && op.ttlMs() > 0 && op.ttlMs() <= OwnerType.TTL_MS_MAX;
    return inRange ? ErrorCode.OK : ErrorCode.BADARGUMENTS;
  }

  private ErrorCode delete(Op.Delete op) {
    if (!hasSession()) {
      return ErrorCode.SESSIONEXPIRED;
    }
    String path = op.path();
    if (path == null) {
      return ErrorCode.MARSHALLINGERROR;
    }
    int slash = path.lastIndexOf('/');
    if (slash < 0 || path.indexOf('\0') >= 0 || isReserved(path)) {
      return ErrorCode.BADARGUMENTS;
    }
    Node parent = editor.walk(path, slash);
    if (parent == null) {
      return ErrorCode.NONODE;
    }
    if (!access.permits(parent.acl(), Acl.DELETE, ids, path, null)) {
      return ErrorCode.NOAUTH;
    }
    Node node = editor.walk(path, path.length());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (op.version() != -1 && op.version() != node.version()) {
      return ErrorCode.BADVERSION;
    }
    if (node.childCount() > 0) {
      return ErrorCode.NOTEMPTY;
    }
    editor.remove(path, slash, stamp.zxid());
    made(OpCode.DELETE, new TxnBody.Delete(path), Result.done(OpCode.DELETE));
    return ErrorCode.OK;
  }

  private ErrorCode deleteContainer(Op.DeleteContainer op) {
    String path = op.path();
    int slash = path.lastIndexOf('/');
    if (slash < 0 || path.indexOf('\0') >= 0 || isReserved(path)) {
      return ErrorCode.BADARGUMENTS;
    }
    Node node = editor.walk(path, path.length());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (node.childCount() > 0) {
      return ErrorCode.NOTEMPTY;
    }
    if (node.ownerType() == OwnerType.EPHEMERAL) {
      return ErrorCode.BADVERSION;
    }
    editor.remove(path, slash, stamp.zxid());
    made(OpCode.DELETE_CONTAINER, new TxnBody.Delete(path), Result.done(OpCode.DELETE));
    return ErrorCode.OK;
  }

  private ErrorCode setData(Op.SetData op) {
    if (!hasSession()) {
      return ErrorCode.SESSIONEXPIRED;
    }
    String path = op.path();
    if (!Paths.isValid(path)) {
      return ErrorCode.BADARGUMENTS;
    }
    Node node = editor.walk(path, path.length());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!access.permits(node.acl(), Acl.WRITE, ids, path, null)) {
      return ErrorCode.NOAUTH;
    }
    if (refusesQuota(path, (long) bytes(op.data()) - node.dataLength(), 0)) {
      return ErrorCode.QUOTAEXCEEDED;
    }
    if (op.version() != -1 && op.version() != node.version()) {
      return ErrorCode.BADVERSION;
    }
    int version = node.version() + 1;
    Node changed = editor.setData(path, op.data(), version, stamp);
    made(OpCode.SET_DATA, new TxnBody.SetData(path, op.data(), version), Result.changed(changed));
    return ErrorCode.OK;
  }

  private ErrorCode setAcl(Op.SetAcl op) {
    if (!hasSession()) {
      return ErrorCode.SESSIONEXPIRED;
    }
    String path = op.path();
    if (!Paths.isValid(path)) {
      return ErrorCode.BADARGUMENTS;
    }
    List<Acl> acl = new ArrayList<>();
    ErrorCode error = access.fixup(op.acl(), ids, acl);
    if (error != ErrorCode.OK) {
      return error;
    }
    Node node = editor.walk(path, path.length());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!access.permits(node.acl(), Acl.ADMIN, ids, path, acl)) {
      return ErrorCode.NOAUTH;
    }
    if (op.version() != -1 && op.version() != node.aversion()) {
      return ErrorCode.BADVERSION;
    }
    int version = node.aversion() + 1;
    Node changed = editor.setAcl(path, AclList.of(acl), version);
    made(OpCode.SET_ACL, new TxnBody.SetAcl(path, acl, version), Result.changed(changed));
    return ErrorCode.OK;
  }

  private ErrorCode check(Op.Check op) {
    if (!hasSession()) {
      return ErrorCode.SESSIONEXPIRED;
    }
    String path = op.path();
    if (!Paths.isValid(path)) {
      return ErrorCode.BADARGUMENTS;
    }
    Node node = editor.walk(path, path.length());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!access.permits(node.acl(), Acl.READ, ids, path, null)) {
      return ErrorCode.NOAUTH;
    }
    if (op.version() != -1 && op.version() != node.version()) {
      return ErrorCode.BADVERSION;
    }
    // The version recorded is the one that a change would give, as Apache's server records it.
    int version = node.version() + 1;
    made(OpCode.CHECK, new TxnBody.Check(path, version), Result.done(OpCode.CHECK));
    return ErrorCode.OK;
  }

  /** All operations or none (client protocol sheet, section 3.3). */
  private ErrorCode multi(Op.Multi multi) {
    if (!multi.ops().stream().allMatch(Draft::hasPath)) {
      return ErrorCode.MARSHALLINGERROR;
    }
    List<TxnBody.Part> parts = new ArrayList<>(multi.ops().size());
    List<Result> results = new ArrayList<>(multi.ops().size());
    for (Op op : multi.ops()) {
      ErrorCode error = makeMultiPart(op);
      if (error == ErrorCode.MARSHALLINGERROR) {
        return error;
      }
      if (error != ErrorCode.OK) {
        editor = new Editor(base, digester);
        failedMulti(parts, multi.ops().size(), error);
        return ErrorCode.OK;
      }
      parts.add(new TxnBody.Part(type.code(), body));
      results.add(result);
    }
    made(OpCode.MULTI, new TxnBody.Multi(parts), Result.multi(results));
    return ErrorCode.OK;
  }

  private static boolean hasPath(Op op) {
    return switch (op.code()) {
      case DELETE -> ((Op.Delete) op).path() != null;
      case SET_DATA -> ((Op.SetData) op).path() != null;
      case CHECK -> ((Op.Check) op).path() != null;
      case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL -> ((Op.Create) op).path() != null;
      default -> false;
    };
  }

  private ErrorCode makeMultiPart(Op op) {
    if (!(op instanceof Op.Create create)) {
      return makePart(op);
    }
    // Inside a multi the flags decide about the kind, and the operation only where they leave it
    // open.
    CreateMode mode = CreateMode.of(create.flags());
    if (mode == CreateMode.CONTAINER) {
      return create(create, OpCode.CREATE_CONTAINER);
    }
    boolean isOther = create.code() == OpCode.CREATE_TTL && (mode == null || !mode.isTtl());
    return create(create, isOther ? OpCode.CREATE : create.code());
  }

  /** Those before the failed one stay as they were made, those behind it were never tried. */
  private void failedMulti(List<TxnBody.Part> made, int count, ErrorCode error) {
    List<TxnBody.Part> parts = new ArrayList<>(made);
    List<Result> results = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ErrorCode each = ErrorCode.OK;
      if (i >= made.size()) {
        each = i == made.size() ? error : ErrorCode.RUNTIMEINCONSISTENCY;
        parts.add(new TxnBody.Part(OpCode.ERROR.code(), new TxnBody.Error(each.code())));
      }
      results.add(Result.error(each));
    }
    made(OpCode.MULTI, new TxnBody.Multi(parts), Result.multi(results));
  }

  private ErrorCode reconfig() {
    if (!settings.has(PrepSettings.Switch.RECONFIG)) {
      return ErrorCode.RECONFIGDISABLED;
    }
    return hasSession() ? ErrorCode.UNIMPLEMENTED : ErrorCode.SESSIONEXPIRED;
  }

  /** The version stays -1, whatever the membership was. */
  ErrorCode reconfigure(byte[] config) {
    Node node = editor.walk(CONFIG, CONFIG.length());
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!access.permits(node.acl(), Acl.WRITE, ids, CONFIG, null)) {
      return ErrorCode.NOAUTH;
    }
    Node changed = editor.setData(CONFIG, config, -1, stamp);
    made(OpCode.RECONFIG, new TxnBody.SetData(CONFIG, config, -1), Result.reconfigured(changed));
    return ErrorCode.OK;
  }

  private ErrorCode createSession(Op.CreateSession op) {
    editor.createSession(sessionId, op.timeoutMs());
    made(
        OpCode.CREATE_SESSION,
        new TxnBody.CreateSession(op.timeoutMs()),
        Result.done(OpCode.CREATE_SESSION));
    return ErrorCode.OK;
  }

  private ErrorCode closeSession() {
    List<String> paths = null;
    if (settings.has(PrepSettings.Switch.EPHEMERALS_LISTED)) {
      // Who applies it deletes what is not listed all the same.
      paths = TxnBody.CloseSession.fitting(base.ephemerals(sessionId), settings.recordBytesMax());
    }
    editor.closeSession(sessionId, List.of(), stamp.zxid());
    made(OpCode.CLOSE_SESSION, new TxnBody.CloseSession(paths), Result.done(OpCode.CLOSE_SESSION));
    return ErrorCode.OK;
  }

  private boolean hasSession() {
    return settings.has(PrepSettings.Switch.LOCAL_SESSIONS) || hasGlobalSession();
  }

  private boolean hasGlobalSession() {
    return base.sessionTimeoutMs(sessionId) != Session.UNKNOWN;
  }

  /** Judged by the totals before this transaction, so that a multi may overshoot as Apache's. */
  private boolean refusesQuota(String path, long bytesDiff, int countDiff) {
    return settings.has(PrepSettings.Switch.HARD_QUOTAS)
        && QuotaWalk.refuses(base, path, bytesDiff, countDiff);
  }

  private static boolean isReserved(String path) {
    return path.equals("/")
        || path.equals("/zookeeper")
        || path.equals(Quotas.ROOT)
        || path.equals(CONFIG);
  }

  private static int bytes(byte[] data) {
    return data == null ? 0 : data.length;
  }

  /** Ten digits at least, and a sign where the counter has gone round. */
  private static String suffix(int cversion) {
    if (cversion < 0) {
      return String.format("%010d", cversion);
    }
    String digits = Integer.toString(cversion);
    return "0000000000".substring(digits.length()) + digits;
  }
}
