package io.paddock.tree;

import io.paddock.wire.ErrorCode;
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
   * protocol sheet, section 3.2). Never throws an exception whatever the operation holds: a refused
   * one is a transaction too. An Error means that we are broken, and goes through.
   *
   * @param stamp what the transaction gets
   */
  public Applied prepare(Tree prospective, Asker asker, Op op, Stamp stamp) {
    return prepare(prospective, asker, draft -> draft.make(op), stamp, op);
  }

  /**
   * Prepares a reconfiguration in which everything is right, but for what the tree decides: whether
   * the asker may write {@code /zookeeper/config} (client protocol sheet, section 3.6). Like {@link
   * #prepare} it never throws.
   *
   * @param config the canonical text of the new configuration, with the stamp's zxid as its version
   */
  public Applied reconfigure(Tree prospective, Asker asker, byte[] config, Stamp stamp) {
    return prepare(prospective, asker, draft -> draft.reconfigure(config), stamp, null);
  }

  private Applied prepare(
      Tree prospective, Asker asker, Function<Draft, ErrorCode> step, Stamp stamp, Op op) {
    try {
      Draft draft = new Draft(settings, prospective, digester, asker, stamp);
      ErrorCode error = step.apply(draft);
      if (error != ErrorCode.OK) {
        return refuse(prospective, asker, error, stamp);
      }
      Tree tree = draft.finish();
      TxnHeader header = header(asker, stamp, draft.type());
      Txn txn =
          settings.has(PrepSettings.Switch.DIGESTS)
              ? Txn.of(header, draft.body(), tree.digest())
              : Txn.of(header, draft.body());
      if (op != null && !fits(txn, op)) {
        return refuse(prospective, asker, ErrorCode.MARSHALLINGERROR, stamp);
      }
      return new Applied(txn, tree, draft.result(), draft.changes(), null);
    } catch (RuntimeException e) {
      // A defect of ours. The draft is thrown away, so nothing was changed (docs/decisions.md).
      return refused(prospective, asker, ErrorCode.MARSHALLINGERROR, stamp, e);
    }
  }

  /**
   * Refuses a request for a reason that is not in the tree, such as a session that has moved: a
   * transaction all the same, for the learner that forwarded it waits for one.
   */
  public static Applied refuse(Tree prospective, Asker asker, ErrorCode error, Stamp stamp) {
    return refused(prospective, asker, error, stamp, null);
  }

  private static Applied refused(
      Tree tree, Asker asker, ErrorCode error, Stamp stamp, RuntimeException cause) {
    Txn txn = Txn.of(header(asker, stamp, OpCode.ERROR), new TxnBody.Error(error.code()));
    return new Applied(txn, tree.withZxid(stamp.zxid()), Result.error(error), List.of(), cause);
  }

  private static TxnHeader header(Asker asker, Stamp stamp, OpCode type) {
    return new TxnHeader(asker.sessionId(), asker.cxid(), stamp, type.code());
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
