package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * A tree while one transaction works on it. Holds what {@link Tree} holds, and the way to the znode
 * that is being worked on; carries out changes that were found to be right, and keeps digest,
 * counts, ephemerals, access control lists and quotas in step with them. Thrown away when the
 * transaction fails. Belongs to one thread.
 */
final class Editor {
  private static final byte[] NO_BYTES = {};
  private static final Id WORLD = new Id("world", "anyone");

  final TreeSettings settings;
  final NameHash names;
  Branch root;
  long digest;
  int nodes;
  long dataBytes;
  int quotas;
  Registry registry;

  private final Digester digester;
  private List<Change> changes = List.of();

  /** The way from the root to the znode last walked to, both included, and its names' hashes. */
  private Node[] way = new Node[6];

  private int[] hashes = new int[6];
  private int depth;

  Editor(Tree tree, Digester digester) {
    this.settings = tree.settings;
    this.names = tree.names;
    this.root = tree.root;
    this.digest = tree.digest;
    this.nodes = tree.nodes;
    this.dataBytes = tree.dataBytes;
    this.quotas = tree.quotas;
    this.registry = tree.registry;
    this.digester = digester;
  }

  /** A tree of nothing but a root. */
  Editor(TreeSettings settings, NameHash names, Branch root) {
    this.settings = settings;
    this.names = names;
    this.digester = new Digester();
    this.root = root;
    this.registry = Registry.EMPTY;
    root.digest = (int) digester.of(root, "", 0);
    this.digest = root.digest(digester, "", 0);
    this.nodes = 1;
    this.dataBytes = 1L + root.dataLength();
  }

  Tree finish(long zxid) {
    return new Tree(this, zxid);
  }

  /** What happened, in firing order. */
  List<Change> changes() {
    return changes;
  }

  /**
   * The znode at {@code path[0, end)}; null when there is none. It is what {@link #insert}, {@link
   * #setData}, {@link #setAcl} and {@link #remove} then work on.
   */
  Node walk(String path, int end) {
    depth = 0;
    way[0] = root;
    if (end == 0 || end == 1 && path.charAt(0) == '/') {
      return root;
    }
    if (path.charAt(0) != '/') {
      return null;
    }
    Node node = root;
    int from = 1;
    while (true) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 || slash > end ? end : slash;
      Children children = node.children();
      if (children == null) {
        return null;
      }
      int hash = names.of(path, from, to);
      node = children.get(hash, 0, path, from, to);
      if (node == null) {
        return null;
      }
      step(node, hash);
      if (to == end) {
        return node;
      }
      from = to + 1;
    }
  }

  /** The child of the znode last walked to. */
  Node child(String path, int from) {
    return way[depth].child(names, path, from, path.length());
  }

  /**
   * Makes the znode {@code path} under its parent, which was walked to, and which gets {@code
   * parentCversion} if that is more than it has.
   *
   * @param slash where the last element's slash is
   */
  Node insert(
      String path,
      int slash,
      byte[] data,
      AclList acl,
      long ownerId,
      int parentCversion,
      Stamp stamp) {
    Node parent = way[depth];
    Owner owner = Owner.of(ownerId, settings);
    byte[] name = Utf8.of(path, slash + 1, path.length());
    registry = registry.using(acl).owning(path, owner);
    Node child = Leaf.of(Slice.of(name), Slice.of(data), stamp, owner, registry.shared(acl));
    Branch newParent = parent.toBranch(parent.data());
    int hash = names.of(name, 0, name.length);
    newParent.children =
        newParent.children == null
            ? Bucket.of(child, hash)
            : newParent.children.add(child, hash, 0, names);
    if (parentCversion > newParent.cversion) {
      newParent.cversion = parentCversion;
      newParent.pzxid = stamp.zxid();
    }
    digest += child.digest(digester, path, path.length());
    put(newParent, path, slash);
    nodes++;
    dataBytes += path.length() + child.dataLength();
    addChange(Change.Kind.CREATED, path, child.acl());
    addChange(Change.Kind.CHILDREN_CHANGED, path, newParent.acl);
    if (path.startsWith(Quotas.ROOT)) {
      quotaCreated(path, slash);
    }
    addToQuota(path, child.dataLength(), 1);
    return child;
  }

  /** Gives the znode that was walked to other data. */
  Node setData(String path, byte[] data, int version, Stamp stamp) {
    Node node = way[depth];
    Branch changed = node.toBranch(data);
    changed.version = version;
    changed.mzxid = stamp.zxid();
    changed.mtime = stamp.timeMs();
    put(changed, path, path.length());
    addChange(Change.Kind.DATA_CHANGED, path, changed.acl);
    int grown = changed.dataLength() - node.dataLength();
    dataBytes += grown;
    addToQuota(path, grown, 0);
    return changed;
  }

  /** Gives the znode that was walked to another access control list. */
  Node setAcl(String path, AclList acl, int aversion) {
    Node node = way[depth];
    Branch changed = node.toBranch(node.data());
    registry = registry.using(acl).releasing(node.acl());
    changed.acl = registry.shared(acl);
    changed.aversion = aversion;
    put(changed, path, path.length());
    return changed;
  }

  /** Raises the parent's counters as a replayed creation asks for; it was walked to. */
  void raise(String path, int slash, int cversion, long zxid) {
    Node parent = way[depth];
    if (cversion > parent.cversion()) {
      Branch changed = parent.toBranch(parent.data());
      changed.cversion = cversion;
      changed.pzxid = zxid;
      put(changed, path, slash);
    }
  }

  /** Raises the pzxid of the znode that was walked to, {@code path[0, end)}. */
  void raisePzxid(String path, int end, long zxid) {
    Node node = way[depth];
    if (zxid > node.pzxid()) {
      Branch changed = node.toBranch(node.data());
      changed.pzxid = zxid;
      put(changed, path, end);
    }
  }

  /** Removes the znode that was walked to, which is not the root. */
  void remove(String path, int slash, long zxid) {
    Node node = way[depth];
    if (node.childCount() > 0) {
      // No leader lets that happen; a damaged history may.
      forgetDescendants(node, path);
    }
    forget(node, path);
    int hash = hashes[depth];
    depth--;
    Branch parent = ((Branch) way[depth]).copy();
    parent.children = parent.children.remove(node, hash, 0, names);
    parent.pzxid = Math.max(parent.pzxid, zxid);
    put(parent, path, slash);
    addChange(Change.Kind.DELETED, path, node.acl());
    addChange(Change.Kind.CHILDREN_CHANGED, path, parent.acl);
    addToQuota(path, -node.dataLength(), -1);
  }

  /** Deletes as a committed transaction does: what is not there is passed over. */
  ErrorCode delete(String path, long zxid) {
    int slash = path.lastIndexOf('/');
    if (walk(path, path.length()) != null && depth > 0) {
      remove(path, slash, zxid);
      return ErrorCode.OK;
    }
    if (slash >= 0 && path.length() > 1 && walk(path, slash) != null) {
      raisePzxid(path, slash, zxid);
    }
    return ErrorCode.NONODE;
  }

  void createSession(long sessionId, int timeoutMs) {
    registry = registry.withSession(sessionId, timeoutMs);
  }

  /** Removes a session, what is listed, and whatever else the session still owns. */
  void closeSession(long sessionId, Collection<String> paths, long zxid) {
    for (String path : paths) {
      delete(path, zxid);
    }
    Session session = registry.sessions().get(sessionId);
    if (session != null) {
      for (String path : session.ephemerals().keys()) {
        delete(path, zxid);
      }
    }
    registry = registry.withoutSession(sessionId);
  }

  /** The config znode of a server that stands alone. */
  void bearConfig() {
    bear("/zookeeper/config", AclList.of(List.of(new Acl(Acl.READ, WORLD))));
    Branch config = walk("/zookeeper/config", 17).toBranch(NO_BYTES);
    config.aversion = -1;
    put(config, "/zookeeper/config", 17);
  }

  void setConfig(byte[] text, Stamp version) {
    if (walk("/zookeeper/config", 17) == null) {
      bearConfig();
      walk("/zookeeper/config", 17);
    }
    setData("/zookeeper/config", text, -1, version);
  }

  /** Recomputes the totals of all quotas, as a server does when it loads a tree. */
  void recomputeQuotas() {
    if (quotas > 0) {
      List<String> paths = new ArrayList<>();
      QuotaWalk.limited(find(Quotas.ROOT), paths);
      for (String path : paths) {
        rewriteTotals(path);
      }
    }
  }

  /** A built-in znode, empty, which leaves no trace in its parent. */
  void bear(String path, AclList acl) {
    int slash = path.lastIndexOf('/');
    walk(path, slash);
    insert(path, slash, NO_BYTES, acl, 0, Integer.MIN_VALUE, new Stamp(0, 0));
    changes = List.of();
  }

  private void step(Node node, int hash) {
    depth++;
    if (depth == way.length) {
      way = Arrays.copyOf(way, depth * 2);
      hashes = Arrays.copyOf(hashes, depth * 2);
    }
    way[depth] = node;
    hashes[depth] = hash;
  }

  /** Puts {@code changed} in the place of the znode walked to, whose path is path[0, end). */
  private void put(Branch changed, String path, int end) {
    digest -= way[depth].digest(digester, path, end);
    changed.digest = (int) digester.of(changed, path, end);
    digest += changed.digest(digester, path, end);
    Node old = way[depth];
    way[depth] = changed;
    Branch child = changed;
    for (int i = depth; i > 0; i--) {
      Branch parent = (Branch) way[i - 1];
      Branch newParent = parent.copy();
      newParent.children = parent.children.replace(old, child, hashes[i], 0);
      way[i - 1] = newParent;
      old = parent;
      child = newParent;
    }
    root = child;
  }

  private Node find(String path) {
    return walk(path, path.length());
  }

  private void addChange(Change.Kind kind, String path, AclList acl) {
    Change change = new Change(kind, path, acl);
    switch (changes.size()) {
      case 0 -> changes = List.of(change);
      case 1 -> changes = List.of(changes.get(0), change);
      case 2 -> {
        changes = new ArrayList<>(changes);
        changes.add(change);
      }
      default -> changes.add(change);
    }
  }

  /** Takes a znode that goes out of everything but its parent. */
  private void forget(Node node, String path) {
    if (Quotas.isBookkeeping(path, Quotas.LIMITS)) {
      quotas--;
    }
    digest -= node.digest(digester, path, path.length());
    nodes--;
    dataBytes -= path.length() + node.dataLength();
    registry =
        registry.releasing(node.acl()).disowning(path, new Owner(node.owner(), node.ownerType()));
  }

  private void forgetDescendants(Node node, String path) {
    List<Node> open = new ArrayList<>(List.of(node));
    List<String> paths = new ArrayList<>(List.of(path));
    while (!open.isEmpty()) {
      Node next = open.remove(open.size() - 1);
      String nextPath = paths.remove(paths.size() - 1);
      if (next != node) {
        forget(next, nextPath);
      }
      next.forEachChild(
          (name, child) -> {
            open.add(child);
            paths.add(nextPath + "/" + name);
          });
    }
  }

  private void quotaCreated(String path, int slash) {
    if (Quotas.isBookkeeping(path, Quotas.LIMITS)) {
      quotas++;
    } else if (Quotas.isBookkeeping(path, Quotas.STATS)) {
      rewriteTotals(path.substring(Quotas.ROOT.length(), slash));
    }
  }

  /** Counts anew what is at and below {@code path}, if a znode for its totals is there. */
  private void rewriteTotals(String path) {
    byte[] totals = QuotaWalk.totals(find(path)).text();
    setTotals(Quotas.ROOT + path + "/" + Quotas.STATS, totals);
  }

  private void addToQuota(String path, long bytesDiff, int countDiff) {
    if (quotas == 0 || bytesDiff == 0 && countDiff == 0) {
      return;
    }
    String limited = QuotaWalk.deepest(find(Quotas.ROOT), names, path);
    if (limited != null) {
      String stats = Quotas.ROOT + limited + "/" + Quotas.STATS;
      Node node = find(stats);
      if (node != null) {
        setTotals(stats, Quotas.parse(node.data()).plus(countDiff, bytesDiff).text());
      }
    }
  }

  /** Totals change without a trace in the stat, and nobody is told. */
  private void setTotals(String path, byte[] text) {
    Node node = find(path);
    if (node != null) {
      dataBytes += text.length - node.dataLength();
      put(node.toBranch(text), path, path.length());
    }
  }
}
