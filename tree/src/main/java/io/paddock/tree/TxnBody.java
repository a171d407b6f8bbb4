package io.paddock.tree;

import io.paddock.wire.Acl;
import java.util.List;

/** What a transaction does (data directory sheet, section 2.3). The header's type says which. */
public sealed interface TxnBody {
  /** Types 1 and 15. {@code parentCversion} is the parent's stored cversion after it. */
  record Create(
      String path, byte[] data, List<Acl> acl, boolean ephemeral, int parentCversion)
      implements TxnBody {}

  /** Type 19. */
  record CreateContainer(String path, byte[] data, List<Acl> acl, int parentCversion)
      implements TxnBody {}

  /** Type 21. */
  record CreateTtl(String path, byte[] data, List<Acl> acl, int parentCversion, long ttlMs)
      implements TxnBody {}

  /** Types 2 and 20. */
  record Delete(String path) implements TxnBody {}

  /** Types 5 and 16. {@code version} is the new one. */
  record SetData(String path, byte[] data, int version) implements TxnBody {}

  /** Type 7. {@code version} is the new one. */
  record SetAcl(String path, List<Acl> acl, int version) implements TxnBody {}

  /** Type 13, inside a multi only. */
  record Check(String path, int version) implements TxnBody {}

  /** Type 14. */
  record Multi(List<Part> parts) implements TxnBody {}

  /** One operation of a multi. */
  record Part(int type, TxnBody body) {}

  /** Type -1: a refused write. */
  record Error(int err) implements TxnBody {}

  /** Type -10. */
  record CreateSession(int timeoutMs) implements TxnBody {}

  /** Type -11. {@code paths} are the session's ephemerals; null when the list was left out. */
  record CloseSession(List<String> paths) implements TxnBody {}
}
