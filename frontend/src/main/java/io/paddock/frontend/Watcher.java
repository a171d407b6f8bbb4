package io.paddock.frontend;

import io.paddock.tree.AclList;

/** Who is told of watch events: one connection. */
public interface Watcher {
  /** Whether the connection's identities may read the znode at a path, which has this list. */
  boolean mayRead(AclList acl, String path);

  /**
   * Takes the frame of one event, {@code frame[0, length)}, which is only valid during the call.
   * Must not change any watch before it returns.
   */
  void onEvent(byte[] frame, int length);
}
