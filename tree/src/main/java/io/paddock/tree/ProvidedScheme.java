package io.paddock.tree;

import io.paddock.wire.Acl;
import java.util.List;

/**
 * A scheme of identities that somebody else's code judges. May be asked by any thread, also several
 * at once; answers within a bounded time and never throws: what it cannot judge it refuses.
 */
public interface ProvidedScheme {
  /** Whether its identities prove who somebody is, so that {@code auth} means them. */
  boolean isAuthenticated();

  /** Whether a list may have an entry with this id. */
  boolean isValid(String id);

  /** Whether the identity {@code own} is let in by the entry of a list with the id in question. */
  boolean matches(String own, String wanted, Asked asked);

  /** The part of an id that names its user and no secret. */
  String user(String id);

  /**
   * What somebody is about to do.
   *
   * @param path of the znode that is read, changed, deleted or made; null where that is not known
   * @param perms bits of {@link Acl}
   * @param newAcl the list that would be set; null when none would
   */
  record Asked(String path, int perms, List<Acl> newAcl) {}
}
