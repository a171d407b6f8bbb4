package io.paddock.tree;

import io.paddock.wire.JuteWriter;

/**
 * Writes a tree as a snapshot's body (data directory sheet, section 3.2), piece by piece. Belongs to
 * one thread; the tree may be served meanwhile.
 */
public final class SnapshotWriter {
  public SnapshotWriter(Tree tree) {}

  /**
   * Appends whole records until {@code out} holds at least {@code bytesWanted} bytes or the body
   * ends.
   *
   * @return whether there is more
   */
  public boolean fill(JuteWriter out, int bytesWanted) {
    throw new UnsupportedOperationException();
  }
}
