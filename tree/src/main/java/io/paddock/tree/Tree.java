package io.paddock.tree;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/**
 * The whole replicated state at one zxid: znodes, sessions, ephemerals, access control lists and
 * digest. Immutable and persistent: a transaction yields another tree that shares all it did not
 * touch, so a tree is a consistent snapshot for as long as somebody holds it, on any thread.
 */
public final class Tree {
  private static final byte[] NO_BYTES = {};

  final TreeSettings settings;
  final NameHash names;
  final long zxid;
  final Branch root;
  final long digest;
  final int nodes;
  final long dataBytes;
  final int quotas;
  final Registry registry;

  /** What the editor made. */
  Tree(Editor editor, long zxid) {
    this.settings = editor.settings;
    this.names = editor.names;
    this.zxid = zxid;
    this.root = editor.root;
    this.digest = editor.digest;
    this.nodes = editor.nodes;
    this.dataBytes = editor.dataBytes;
    this.quotas = editor.quotas;
    this.registry = editor.registry;
  }

  private Tree(Tree tree, long zxid) {
    this.settings = tree.settings;
    this.names = tree.names;
    this.zxid = zxid;
    this.root = tree.root;
    this.digest = tree.digest;
    this.nodes = tree.nodes;
    this.dataBytes = tree.dataBytes;
    this.quotas = tree.quotas;
    this.registry = tree.registry;
  }

  /** A new server's tree, at zxid 0 (client protocol sheet, section 5.2). */
  public static Tree fresh() {
    return fresh(TreeSettings.DEFAULT);
  }

  public static Tree fresh(TreeSettings settings) {
    return fresh(settings, new NameHash(settings.hashSeed()));
  }

  static Tree fresh(TreeSettings settings, NameHash names) {
    Branch root = new Branch(NO_BYTES);
    root.data = NO_BYTES;
    Editor editor = new Editor(settings, names, root);
    editor.bear("/zookeeper", AclList.OPEN);
    editor.bear(Quotas.ROOT, AclList.OPEN);
    editor.bearConfig();
    return editor.finish(0);
  }

  public TreeSettings settings() {
    return settings;
  }

  /** Of the last transaction applied. */
  public long zxid() {
    return zxid;
  }

  /** The same content under another zxid. */
  public Tree withZxid(long newZxid) {
    return new Tree(this, newZxid);
  }

  /**
   * The same content with this membership text in {@code /zookeeper/config} (data directory sheet,
   * section 5). No transaction.
   *
   * @param version of the reconfiguration that made it
   */
  public Tree withConfig(byte[] text, Stamp version) {
    Editor editor = new Editor(this, new Digester());
    editor.setConfig(text, version);
    return editor.finish(zxid);
  }

  /**
   * The same content without the ephemerals of sessions that do not exist: what a new leader does
   * without a transaction (data directory sheet, section 5).
   */
  public Tree withoutOrphans() {
    if (registry.live() == registry.sessions().size()) {
      return this;
    }
    Editor editor = new Editor(this, new Digester());
    registry
        .sessions()
        .forEach(
            (id, session) -> {
              if (!session.isAlive()) {
                editor.closeSession(id, List.of(), zxid);
              }
            });
    return editor.finish(zxid);
  }

  public Node root() {
    return root;
  }

  /**
   * The znode at {@code path}; null when there is none. Both "" and "/" are the root. Any string is
   * answered, and nothing is allocated.
   */
  public Node find(String path) {
    int length = path.length();
    if (length == 0) {
      return root;
    }
    if (path.charAt(0) != '/') {
      return null;
    }
    if (length == 1) {
      return root;
    }
    Node node = root;
    int from = 1;
    while (true) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? length : slash;
      node = node.child(names, path, from, to);
      if (node == null || to == length) {
        return node;
      }
      from = to + 1;
    }
  }

  /** The timeout that a session was made with; -1 when there is no such session. */
  public int sessionTimeoutMs(long sessionId) {
    return registry.timeoutMs(sessionId);
  }

  public int sessionCount() {
    return registry.live();
  }

  /** Shows the sessions by ascending id. */
  public void forEachSession(SessionVisitor visitor) {
    registry
        .sessions()
        .forEach(
            (id, session) -> {
              if (session.isAlive()) {
                visitor.visit(id, session.timeoutMs());
              }
            });
  }

  /** Paths of a session's ephemerals, sorted; empty when it has none. */
  public Collection<String> ephemerals(long sessionId) {
    Session session = registry.sessions().get(sessionId);
    return session == null ? List.of() : session.ephemerals().keys();
  }

  /** Shows the owners of ephemerals by ascending id. */
  public void forEachEphemeralOwner(EphemeralVisitor visitor) {
    registry
        .sessions()
        .forEach(
            (id, session) -> {
              if (!session.ephemerals().isEmpty()) {
                visitor.visit(id, session.ephemerals().keys());
              }
            });
  }

  /** Data directory sheet, section 4. */
  public long digest() {
    return digest;
  }

  /** As {@code znode_count} reports it: the root counts twice. */
  public int nodeCount() {
    return nodes + 1;
  }

  /** As {@code approximate_data_size} reports it: lengths of paths and data. */
  public long dataBytes() {
    return dataBytes;
  }

  /** As {@code ephemerals_count} reports it. */
  public int ephemeralCount() {
    return registry.ephemerals();
  }

  /** The quotas by the name of the top-level znode that they are of or below, sorted. */
  public SortedMap<String, QuotaFigures> quotaFigures() {
    return QuotaFigures.of(this);
  }

  /** Paths of the container znodes, sorted. */
  public Collection<String> containers() {
    return registry.containers().keys();
  }

  /** Paths of the TTL znodes, sorted. */
  public Collection<String> ttls() {
    return registry.ttls().keys();
  }

  /**
   * Carries out a transaction: a committed one, or one replayed over a snapshot that may contain it
   * already (data directory sheet, section 3.5). The only way a tree changes.
   */
  public Applied apply(Txn txn) {
    return Replay.apply(this, txn);
  }
}
