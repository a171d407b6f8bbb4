package io.paddock.replica;

import io.paddock.zab.Role;

/** Who hears whether clients may be served, and in which role. Called by the core thread. */
public interface RoleListener {
  /**
   * LOOKING: no client is to be served, those connected are to be cut. Else: serve, from the end of
   * the feed on.
   */
  void became(Role role);

  /**
   * While this server is LOOKING: read-only clients are to be served from now on, from the end of
   * the feed on; or none any more, and those connected are to be cut.
   */
  default void readOnly(boolean begins) {}
}
