package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import java.util.List;

/**
 * Who may do what (client protocol sheet, section 9): judges identities by lists, expands and
 * checks the lists that clients send. Immutable and free of state, for any thread.
 */
public final class AccessControl {
  public AccessControl(AccessSettings settings) {}

  /**
   * Whether a connection with these identities has one of the permission bits.
   *
   * @param perms one or more bits of {@link Acl}; any of them suffices
   */
  public boolean permits(AclList acl, int perms, List<Id> ids) {
    throw new UnsupportedOperationException();
  }

  /** The list to be stored for the list a client sent; null when that is an INVALIDACL. */
  public List<Acl> fixup(List<Acl> acl, List<Id> ids) {
    throw new UnsupportedOperationException();
  }

  /** The list that getACL shows to these identities: digests are hidden from all but ADMIN. */
  public List<Acl> shown(AclList acl, List<Id> ids) {
    throw new UnsupportedOperationException();
  }

  /**
   * The identities that an auth packet adds to a connection: possibly none; null when it is an
   * AUTHFAILED.
   */
  public List<Id> authenticate(String scheme, byte[] auth, String remoteAddress) {
    throw new UnsupportedOperationException();
  }
}
