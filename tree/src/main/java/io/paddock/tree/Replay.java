package io.paddock.tree;

import io.paddock.wire.ErrorCode;
import io.paddock.wire.OpCode;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out transactions that some leader found to be right. The tree may contain their effects
 * already, when it came from a fuzzy snapshot: what is done is left alone (data directory sheet,
 * section 3.5).
 */
final class Replay {
  private final Editor editor;
  private final TxnHeader header;

  private Replay(Editor editor, TxnHeader header) {
    this.editor = editor;
    this.header = header;
  }

  static Applied apply(Tree tree, Txn txn) {
    Editor editor = new Editor(tree, new Digester());
    Result result = new Replay(editor, txn.header()).run(txn.header().type(), txn.body());
    return new Applied(
        txn, editor.finish(Math.max(tree.zxid, txn.zxid())), result, editor.changes(), null);
  }

  private Result run(int type, TxnBody body) {
    OpCode code = OpCode.of(type);
    return switch (code) {
      case CREATE, CREATE2 -> {
        TxnBody.Create create = (TxnBody.Create) body;
        long owner = create.ephemeral() ? header.sessionId() : 0;
        AclList acl = AclList.of(create.acl());
        yield create(code, create.path(), create.data(), acl, owner, create.parentCversion());
      }
      case CREATE_CONTAINER -> {
        TxnBody.CreateContainer create = (TxnBody.CreateContainer) body;
        long owner = OwnerType.CONTAINER_OWNER;
        AclList acl = AclList.of(create.acl());
        yield create(code, create.path(), create.data(), acl, owner, create.parentCversion());
      }
      case CREATE_TTL -> {
        TxnBody.CreateTtl create = (TxnBody.CreateTtl) body;
        long owner = OwnerType.ttlOwner(create.ttlMs());
        AclList acl = AclList.of(create.acl());
        yield create(code, create.path(), create.data(), acl, owner, create.parentCversion());
      }
      case DELETE, DELETE_CONTAINER -> {
        ErrorCode error = editor.delete(((TxnBody.Delete) body).path(), header.zxid());
        yield error == ErrorCode.OK ? Result.done(OpCode.DELETE) : Result.error(error);
      }
      case SET_DATA, RECONFIG -> setData(code, (TxnBody.SetData) body);
      case SET_ACL -> setAcl((TxnBody.SetAcl) body);
      case CHECK -> Result.done(OpCode.CHECK);
      case MULTI -> multi(((TxnBody.Multi) body).parts());
      case ERROR -> Result.error(errorOf(((TxnBody.Error) body).err()));
      case CREATE_SESSION -> {
        editor.createSession(header.sessionId(), ((TxnBody.CreateSession) body).timeoutMs());
        yield Result.done(code);
      }
      case CLOSE_SESSION -> {
        List<String> paths = ((TxnBody.CloseSession) body).paths();
        editor.closeSession(header.sessionId(), paths == null ? List.of() : paths, header.zxid());
        yield Result.done(code);
      }
      default -> throw new IllegalArgumentException("transaction of type " + type);
    };
  }

  private Result create(
      OpCode code, String path, byte[] data, AclList acl, long owner, int parentCversion) {
    int slash = path.lastIndexOf('/');
    Node parent = slash < 0 ? null : editor.walk(path, slash);
    if (parent == null) {
      return Result.error(ErrorCode.NONODE);
    }
    int cversion = parentCversion == -1 ? parent.cversion() + 1 : parentCversion;
    if (slash == path.length() - 1 || editor.child(path, slash + 1) != null) {
      return exists(code, path, slash, acl, cversion);
    }
    Node node = editor.insert(path, slash, data, acl, owner, cversion, header.stamp());
    return Result.created(code, path, node);
  }

  /** The znode is there already: it gets the list, and its parent what this creation left there. */
  private Result exists(OpCode code, String path, int slash, AclList acl, int cversion) {
    if (code == OpCode.CREATE) {
      editor.raise(path, slash, cversion, header.zxid());
    }
    Node node = editor.walk(path, path.length());
    if (node != null && !node.acl().equals(acl)) {
      editor.setAcl(path, acl, node.aversion());
    }
    return Result.error(ErrorCode.NODEEXISTS);
  }

  private Result setData(OpCode code, TxnBody.SetData set) {
    String path = set.path();
    if (editor.walk(path, path.length()) == null) {
      return Result.error(ErrorCode.NONODE);
    }
    Node node = editor.setData(path, set.data(), set.version(), header.stamp());
    return code == OpCode.RECONFIG ? Result.reconfigured(node) : Result.changed(node);
  }

  private Result setAcl(TxnBody.SetAcl set) {
    String path = set.path();
    if (editor.walk(path, path.length()) == null) {
      return Result.error(ErrorCode.NONODE);
    }
    return Result.changed(editor.setAcl(path, AclList.of(set.acl()), set.version()));
  }

  /** All of it, or nothing when one part is an error (data directory sheet, section 2.4). */
  private Result multi(List<TxnBody.Part> parts) {
    boolean failed = false;
    for (TxnBody.Part part : parts) {
      failed |= part.type() == OpCode.ERROR.code();
    }
    List<Result> results = new ArrayList<>(parts.size());
    for (TxnBody.Part part : parts) {
      boolean refused = failed && part.type() != OpCode.ERROR.code();
      results.add(refused ? Result.error(ErrorCode.OK) : run(part.type(), part.body()));
    }
    return Result.multi(results);
  }

  private static ErrorCode errorOf(int err) {
    ErrorCode error = ErrorCode.of(err);
    return error == null ? ErrorCode.MARSHALLINGERROR : error;
  }
}
