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
   * The leader is lost, and clients are not: until {@link #became} is called nothing is to be taken
   * from them, and nothing answered but what comes by the feed. LOOKING then means that they are to
   * be cut after all.
   */
  default void holds() {
    became(Role.LOOKING);
  }

  /**
   * While this server is LOOKING: read-only clients are to be served from now on, from the end of
   * the feed on; or none any more, and those connected are to be cut.
   */
  default void readOnly(boolean begins) {}
}
