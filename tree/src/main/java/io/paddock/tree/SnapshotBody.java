package io.paddock.tree;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A snapshot's body to and from blocking streams (data directory sheet, section 3.2). */
public final class SnapshotBody {
  private SnapshotBody() {}

  public static void write(Tree tree, OutputStream out) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads a body from a stream that supports marks, and leaves the stream right behind it.
   *
   * @throws io.paddock.wire.MalformedException when it is not a snapshot's body
   */
  public static Tree read(InputStream in, long zxid, TreeSettings settings) throws IOException {
    throw new UnsupportedOperationException();
  }
}
