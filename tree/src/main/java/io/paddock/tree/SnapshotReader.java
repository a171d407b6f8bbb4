package io.paddock.tree;

/**
 * Reads a snapshot's body (data directory sheet, section 3.2) from pieces of any size. Belongs to
 * one thread.
 */
public final class SnapshotReader {
  /**
   * @param zxid that the tree will have
   */
  public SnapshotReader(long zxid, TreeSettings settings) {}

  /**
   * Takes whole records from {@code bytes[from, to)}. What is left of a record that goes on must be
   * given again, with more behind it.
   *
   * @return where it stopped: the index of the first byte not taken
   * @throws io.paddock.wire.MalformedException when it is not a snapshot's body
   */
  public int feed(byte[] bytes, int from, int to) {
    throw new UnsupportedOperationException();
  }

  /** Whether the end of the body has been taken. */
  public boolean done() {
    throw new UnsupportedOperationException();
  }

  /** The tree, once {@link #done}. */
  public Tree tree() {
    throw new UnsupportedOperationException();
  }
}
