package io.paddock.tree;

import java.util.Collection;

/**
 * The whole replicated state at one zxid: znodes, sessions, ephemerals, access control lists and
 * digest. Immutable and persistent: a transaction yields another tree that shares all it did not
 * touch, so a tree is a consistent snapshot for as long as somebody holds it, on any thread.
 */
public final class Tree {
  /** A new server's tree, at zxid 0 (client protocol sheet, section 5.2). */
  public static Tree fresh() {
    return fresh(TreeSettings.DEFAULT);
  }

  public static Tree fresh(TreeSettings settings) {
    throw new UnsupportedOperationException();
  }

  public TreeSettings settings() {
    throw new UnsupportedOperationException();
  }

  /** Of the last transaction applied. */
  public long zxid() {
    throw new UnsupportedOperationException();
  }

  /** The same content under another zxid. */
  public Tree withZxid(long zxid) {
    throw new UnsupportedOperationException();
  }

  /**
   * The same content with this membership text in {@code /zookeeper/config} (data directory sheet,
   * section 5). No transaction.
   */
  public Tree withConfig(byte[] text, long versionZxid, long timeMs) {
    throw new UnsupportedOperationException();
  }

  /**
   * The same content without the ephemerals of sessions that do not exist: what a new leader does
   * without a transaction (data directory sheet, section 5).
   */
  public Tree withoutOrphans() {
    throw new UnsupportedOperationException();
  }

  /**
   * The znode at {@code path}; null when there is none. Both "" and "/" are the root. Any string is
   * answered, and nothing is allocated.
   */
  public Node find(String path) {
    throw new UnsupportedOperationException();
  }

  public Node root() {
    throw new UnsupportedOperationException();
  }

  /** The timeout that a session was made with; -1 when there is no such session. */
  public int sessionTimeoutMs(long sessionId) {
    throw new UnsupportedOperationException();
  }

  public int sessionCount() {
    throw new UnsupportedOperationException();
  }

  /** Shows the sessions by ascending id. */
  public void forEachSession(SessionVisitor visitor) {
    throw new UnsupportedOperationException();
  }

  /** Paths of a session's ephemerals, sorted; empty when it has none. */
  public Collection<String> ephemerals(long sessionId) {
    throw new UnsupportedOperationException();
  }

  /** Shows the owners of ephemerals by ascending id. */
  public void forEachEphemeralOwner(EphemeralVisitor visitor) {
    throw new UnsupportedOperationException();
  }

  /** Data directory sheet, section 4. */
  public long digest() {
    throw new UnsupportedOperationException();
  }

  /** As {@code znode_count} reports it: the root counts twice. */
  public int nodeCount() {
    throw new UnsupportedOperationException();
  }

  /** As {@code approximate_data_size} reports it: lengths of paths and data. */
  public long dataBytes() {
    throw new UnsupportedOperationException();
  }

  /** As {@code ephemerals_count} reports it. */
  public int ephemeralCount() {
    throw new UnsupportedOperationException();
  }

  /** Paths of the container znodes, sorted. */
  public Collection<String> containers() {
    throw new UnsupportedOperationException();
  }

  /** Paths of the TTL znodes, sorted. */
  public Collection<String> ttls() {
    throw new UnsupportedOperationException();
  }

  /**
   * Carries out a transaction: a committed one, or one replayed over a snapshot that may contain it
   * already (data directory sheet, section 3.5). The only way a tree changes.
   */
  public Applied apply(Txn txn) {
    throw new UnsupportedOperationException();
  }
}
