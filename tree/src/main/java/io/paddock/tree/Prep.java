package io.paddock.tree;

import io.paddock.wire.Id;
import io.paddock.wire.Op;
import java.util.List;

/**
 * Turns a request into a transaction and its outcome at once, so that a leader never applies twice.
 * Holds scratch memory only; belongs to one thread.
 */
public final class Prep {
  public Prep(PrepSettings settings) {}

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
    throw new UnsupportedOperationException();
  }
}
