package io.paddock.frontend;

import io.paddock.replica.FeedItem;
import io.paddock.replica.Submission;
import io.paddock.tree.Applied;
import io.paddock.tree.Change;
import io.paddock.tree.TxnBody;
import io.paddock.wire.Acl;
import io.paddock.wire.CreateMode;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.List;
import java.util.function.Consumer;

/**
 * What of the feed belongs into the audit log (operations sheet, section 1): the writes of this
 * server's own clients, refused ones among them, and the ephemerals that went with their session,
 * whosever it was. Reads, sessions, what the server asks of itself and other servers' clients are
 * not in it. Stateless.
 */
public final class AuditTrail {
  private static final String CREATE = "create";
  private static final String DELETE = "delete";
  private static final String SET_DATA = "setData";
  private static final String EPHEMERAL_GONE = "ephemeralZNodeDeletionOnSessionCloseOrExpire";

  private final String serverUser;

  /**
   * @param serverUser whom the server runs as: what it does by itself is that user's
   */
  public AuditTrail(String serverUser) {
    this.serverUser = serverUser;
  }

  /** Tells what belongs into the log of one item, in order. */
  public void tell(FeedItem item, Consumer<AuditEvent> out) {
    Applied applied = item.applied();
    if (applied != null && applied.txn().header().type() == OpCode.CLOSE_SESSION.code()) {
      ephemeralsGone(applied, out);
      return;
    }
    Submission asked = item.submission();
    if (asked != null && asked.kind() == Submission.Kind.WRITE && asked.origin() != null) {
      written(asked, applied, item.error() != ErrorCode.OK, out);
    }
  }

  private void ephemeralsGone(Applied applied, Consumer<AuditEvent> out) {
    long sessionId = applied.txn().header().sessionId();
    for (Change change : applied.changes()) {
      if (change.kind() == Change.Kind.DELETED) {
        out.accept(
            new AuditEvent(
                sessionId,
                List.of(),
                serverUser,
                EPHEMERAL_GONE,
                change.path(),
                null,
                null,
                AuditEvent.Outcome.SUCCESS));
      }
    }
  }

  /**
   * @param applied null for what was refused without a transaction
   */
  private static void written(
      Submission asked, Applied applied, boolean failed, Consumer<AuditEvent> out) {
    Op op = asked.op();
    TxnBody body = applied == null || failed ? null : applied.txn().body();
    switch (op.code()) {
      case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL -> {
        String path = body == null ? op.path() : body.path();
        CreateMode mode = CreateMode.of(((Op.Create) op).flags());
        out.accept(event(asked, CREATE, path, mode, null, failed));
      }
      case DELETE -> out.accept(event(asked, DELETE, op.path(), null, null, failed));
      case SET_DATA -> out.accept(event(asked, SET_DATA, op.path(), null, null, failed));
      case SET_ACL -> {
        List<Acl> acl = ((Op.SetAcl) op).acl();
        out.accept(event(asked, "setAcl", op.path(), null, acl, failed));
      }
      case RECONFIG -> {
        String path = body == null ? null : body.path();
        out.accept(event(asked, "reconfig", path, null, null, failed));
      }
      case MULTI -> multi(asked, body, out);
      default -> {
        // Sessions come and go without a line.
      }
    }
  }

  /** Of one that succeeded a line for each part, of another one line for all. */
  private static void multi(Submission asked, TxnBody body, Consumer<AuditEvent> out) {
    if (!(body instanceof TxnBody.Multi multi)
        || multi.parts().stream().anyMatch(part -> part.type() == OpCode.ERROR.code())) {
      out.accept(event(asked, "multiOperation", null, null, null, true));
      return;
    }
    List<Op> ops = ((Op.Multi) asked.op()).ops();
    for (int i = 0; i < multi.parts().size(); i++) {
      TxnBody part = multi.parts().get(i).body();
      String operation = operation(part);
      if (operation != null) {
        CreateMode mode = partMode(ops.get(i), part);
        out.accept(event(asked, operation, part.path(), mode, null, false));
      }
    }
  }

  private static String operation(TxnBody part) {
    if (part instanceof TxnBody.Create
        || part instanceof TxnBody.CreateContainer
        || part instanceof TxnBody.CreateTtl) {
      return CREATE;
    }
    if (part instanceof TxnBody.Delete) {
      return DELETE;
    }
    return part instanceof TxnBody.SetData ? SET_DATA : null;
  }

  /**
   * As in Apache's log: not of a znode with a time to live, nor of one whose name was completed.
   */
  private static CreateMode partMode(Op op, TxnBody part) {
    boolean told =
        op instanceof Op.Create create
            && create.code() != OpCode.CREATE_TTL
            && create.path().equals(part.path());
    return told ? CreateMode.of(((Op.Create) op).flags()) : null;
  }

  private static AuditEvent event(
      Submission asked,
      String operation,
      String path,
      CreateMode mode,
      List<Acl> acl,
      boolean failed) {
    AuditEvent.Outcome outcome = failed ? AuditEvent.Outcome.FAILURE : AuditEvent.Outcome.SUCCESS;
    return new AuditEvent(
        asked.sessionId(), asked.ids(), null, operation, path, mode, acl, outcome);
  }
}
