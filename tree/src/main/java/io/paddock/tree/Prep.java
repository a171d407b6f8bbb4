package io.paddock.tree;

import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.List;
import java.util.function.Function;

/**
 * Turns a request into a transaction and its outcome at once, so that a leader never applies twice.
 * Holds scratch memory only; belongs to one thread.
 */
public final class Prep {
  private static final int SCRATCH_BYTES_MAX = 64 << 10;

  private final PrepSettings settings;
  private final Digester digester = new Digester();
  private final JuteWriter scratch = new JuteWriter();

  public Prep(PrepSettings settings) {
    this.settings = settings;
  }

  /**
   * Validates {@code op} against the tree as it will be after everything proposed so far (client
   * protocol sheet, section 3.2). Never throws whatever the operation holds: a refused one is a
   * transaction too.
   *
   * @param ids identities of the connection
   * @param timeMs wall clock, milliseconds since 1970
   */
  public Applied prepare(
      Tree prospective, long sessionId, int cxid, Op op, List<Id> ids, long zxid, long timeMs) {
    return prepare(prospective, sessionId, cxid, draft -> draft.make(op), ids, zxid, timeMs, op);
  }

  /**
   * Prepares a reconfiguration in which everything is right, but for what the tree decides: whether
   * the asker may write {@code /zookeeper/config} (client protocol sheet, section 3.6). Like {@link
   * #prepare} it never throws.
   *
   * @param config the canonical text of the new configuration, with {@code zxid} as its version
   */
  public Applied reconfigure(
      Tree prospective,
      long sessionId,
      int cxid,
      byte[] config,
      List<Id> ids,
      long zxid,
      long timeMs) {
    return prepare(
        prospective, sessionId, cxid, draft -> draft.reconfigure(config), ids, zxid, timeMs, null);
  }

  private Applied prepare(
      Tree prospective,
      long sessionId,
      int cxid,
      Function<Draft, ErrorCode> step,
      List<Id> ids,
      long zxid,
      long timeMs,
      Op op) {
    try {
      Draft draft = new Draft(settings, prospective, digester, sessionId, ids, zxid, timeMs);
      ErrorCode error = step.apply(draft);
      if (error != ErrorCode.OK) {
        return refused(prospective, sessionId, cxid, zxid, timeMs, error, null);
      }
      Tree tree = draft.finish();
      TxnHeader header = new TxnHeader(sessionId, cxid, zxid, timeMs, draft.type().code());
      Txn txn =
          settings.digestEnabled()
              ? Txn.of(header, draft.body(), tree.digest())
              : Txn.of(header, draft.body());
      if (op != null && !fits(txn, op)) {
        return refused(
            prospective, sessionId, cxid, zxid, timeMs, ErrorCode.MARSHALLINGERROR, null);
      }
      return new Applied(txn, tree, draft.result(), draft.changes(), null);
    } catch (RuntimeException e) {
      return refused(prospective, sessionId, cxid, zxid, timeMs, ErrorCode.MARSHALLINGERROR, e);
    }
  }

  /**
   * Refuses a request for a reason that is not in the tree, such as a session that has moved: a
   * transaction all the same, for the learner that forwarded it waits for one.
   */
  public static Applied refuse(
      Tree prospective, long sessionId, int cxid, ErrorCode error, long zxid, long timeMs) {
    return refused(prospective, sessionId, cxid, zxid, timeMs, error, null);
  }

  private static Applied refused(
      Tree tree,
      long sessionId,
      int cxid,
      long zxid,
      long timeMs,
      ErrorCode error,
      RuntimeException cause) {
    TxnHeader header = new TxnHeader(sessionId, cxid, zxid, timeMs, OpCode.ERROR.code());
    Txn txn = Txn.of(header, new TxnBody.Error(error.code()));
    return new Applied(txn, tree.withZxid(zxid), Result.error(error), List.of(), cause);
  }

  /**
   * Whether every server can read the record: identities expanded in lists may have blown it up.
   */
  private boolean fits(Txn txn, Op op) {
    if (!mayBeLarge(op)) {
      return true;
    }
    scratch.clear(SCRATCH_BYTES_MAX);
    txn.write(scratch);
    return scratch.size() <= settings.recordBytesMax();
  }

  private boolean mayBeLarge(Op op) {
    return switch (op.code()) {
      case MULTI -> true;
      case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL -> {
        Op.Create create = (Op.Create) op;
        yield create.acl().size() > 1 || isLarge(create.path(), create.data());
      }
      case SET_DATA -> isLarge(((Op.SetData) op).path(), ((Op.SetData) op).data());
      case SET_ACL, DELETE -> true;
      default -> false;
    };
  }

  private boolean isLarge(String path, byte[] data) {
    long bytes = 3L * path.length() + (data == null ? 0 : data.length);
    return bytes > settings.recordBytesMax() / 2;
  }
}
