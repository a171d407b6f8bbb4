package io.paddock.tree;

import io.paddock.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a large tree at once, from znodes in depth-first order, and freezes it at the end. Belongs
 * to one thread.
 */
final class TreeLoader {
  private static final byte[] EXCLUDED = "/zookeeper/".getBytes(StandardCharsets.US_ASCII);

  /** A znode whose children are still coming. */
  private static final class Open {
    Node node;
    int pathEnd;
    int digest;
    int childCount;
    Node[] children = new Node[16];
    int[] hashes = new int[16];

    void add(Node child, int hash) {
      if (childCount == children.length) {
        children = Arrays.copyOf(children, 2 * childCount);
        hashes = Arrays.copyOf(hashes, 2 * childCount);
      }
      children[childCount] = child;
      hashes[childCount++] = hash;
    }
  }

  private final TreeSettings settings;
  private final NameHash names;
  private final Digester digester = new Digester();
  private final StoredStat stat = new StoredStat();

  /** From the root to the znode last read. */
  private final List<Open> open = new ArrayList<>();

  private int depth = -1;
  private byte[] path = new byte[256];

  private long digest;
  private int nodes;
  private long dataBytes;
  private int ephemerals;
  private int quotas;
  private final Map<Long, Integer> timeouts = new HashMap<>();
  private final Map<Long, List<String>> owned = new HashMap<>();
  private final List<String> containers = new ArrayList<>();
  private final List<String> ttls = new ArrayList<>();
  private final Map<AclList, AclList> interned = new HashMap<>();
  private final Map<AclList, int[]> aclUses = new HashMap<>();

  TreeLoader(TreeSettings settings, NameHash names) {
    this.settings = settings;
    this.names = names;
  }

  void addSession(long id, int timeoutMs) {
    timeouts.put(id, timeoutMs);
  }

  /** The one object for lists of this content. */
  AclList intern(AclList list) {
    if (list.isOpen()) {
      return list;
    }
    AclList known = interned.putIfAbsent(list, list);
    return known == null ? list : known;
  }

  /** To be filled before {@link #add}. */
  StoredStat stat() {
    return stat;
  }

  /**
   * Adds the znode whose stat was filled in.
   *
   * @param znodePath in UTF-8
   */
  void add(Slice znodePath, Slice data, AclList acl) {
    int pathLength = znodePath.length();
    int slash = enter(znodePath.array(), znodePath.at(), pathLength);
    Owner owner = Owner.of(stat.owner, settings);
    int nameFrom = pathLength == 0 ? 0 : slash + 1;
    Slice name = new Slice(znodePath.array(), znodePath.at() + nameFrom, pathLength - nameFrom);
    Node node;
    if (stat.isUntouched() && pathLength > 0) {
      node = Leaf.of(name, data, new Stamp(stat.czxid, stat.ctime), owner, acl);
    } else {
      Branch branch = new Branch(name.copy());
      branch.data = data.copy();
      branch.acl = acl;
      branch.type = owner.type();
      stat.copyTo(branch);
      node = branch;
    }
    depth++;
    if (depth == open.size()) {
      open.add(new Open());
    }
    Open top = open.get(depth);
    top.node = node;
    top.pathEnd = pathLength;
    top.digest = (int) digestOf(node, pathLength);
    if (node instanceof Branch branch) {
      branch.digest = top.digest;
    }
    count(pathLength, data.bytes(), acl, owner.type());
  }

  Tree finish(long zxid) {
    while (depth > 0) {
      close();
    }
    if (depth < 0) {
      throw new MalformedException("a snapshot without a root");
    }
    Editor editor = new Editor(settings, names, (Branch) frozen(open.get(0)));
    editor.digest = digest;
    editor.nodes = nodes;
    editor.dataBytes = dataBytes + 1;
    editor.quotas = quotas;
    editor.registry = registry();
    if (editor.walk("/zookeeper/config", "/zookeeper/config".length()) == null
        && editor.walk("/zookeeper", "/zookeeper".length()) != null) {
      editor.bearConfig();
    }
    editor.recomputeQuotas();
    return editor.finish(zxid);
  }

  /** Closes what the path does not lie below, and gives the index of its last slash. */
  private int enter(byte[] source, int pathAt, int pathLength) {
    if (pathLength == 0) {
      if (depth >= 0) {
        throw new MalformedException("two roots in a snapshot");
      }
      return 0;
    }
    int slash = pathLength - 1;
    while (slash >= 0 && source[pathAt + slash] != '/') {
      slash--;
    }
    // Siblings follow each other: mostly one znode is to be closed, and its parent is the same.
    while (depth >= 0 && !isOpen(open.get(depth).pathEnd, slash, source, pathAt)) {
      if (depth == 0) {
        depth = -1;
      } else {
        close();
      }
    }
    if (depth < 0) {
      throw new MalformedException(
          "a znode without its parent before it in a snapshot: "
              + new String(source, pathAt, pathLength, StandardCharsets.UTF_8));
    }
    if (path.length < pathLength) {
      path = Arrays.copyOf(path, Math.max(2 * path.length, pathLength));
    }
    System.arraycopy(source, pathAt + slash, path, slash, pathLength - slash);
    return slash;
  }

  private boolean isOpen(int end, int slash, byte[] source, int pathAt) {
    return end == slash && Arrays.equals(path, 0, end, source, pathAt, pathAt + end);
  }

  /** Freezes the znode last opened and gives it to its parent. */
  private void close() {
    Open top = open.get(depth);
    Node node = frozen(top);
    depth--;
    open.get(depth).add(node, node.nameHash(names));
    top.node = null;
  }

  private Node frozen(Open top) {
    if (top.childCount == 0) {
      return top.node;
    }
    Branch branch = top.node instanceof Branch b ? b : unsealed(top);
    branch.children = Children.of(top.children, top.hashes, top.childCount, 0);
    Arrays.fill(top.children, 0, top.childCount, null);
    top.childCount = 0;
    return branch;
  }

  private static Branch unsealed(Open top) {
    Branch branch = top.node.toBranch(top.node.data());
    branch.digest = top.digest;
    return branch;
  }

  /** Counts the znode's contribution in, and gives it. */
  private long digestOf(Node node, int pathLength) {
    if (isExcluded(pathLength)) {
      return 0;
    }
    long contribution = digester.of(node, path, pathLength);
    digest += contribution;
    return contribution;
  }

  private void count(int pathLength, int dataLength, AclList acl, OwnerType type) {
    nodes++;
    dataBytes += Utf8.chars(path, 0, pathLength) + dataLength;
    if (isExcluded(pathLength) && Quotas.isBookkeeping(pathText(pathLength), Quotas.LIMITS)) {
      quotas++;
    }
    if (!acl.isOpen()) {
      aclUses.computeIfAbsent(acl, list -> new int[1])[0]++;
    }
    switch (type) {
      case PERSISTENT -> {}
      case EPHEMERAL -> {
        ephemerals++;
        owned.computeIfAbsent(stat.owner, id -> new ArrayList<>()).add(pathText(pathLength));
      }
      case CONTAINER -> containers.add(pathText(pathLength));
      case TTL -> ttls.add(pathText(pathLength));
    }
  }

  private boolean isExcluded(int pathLength) {
    return pathLength >= EXCLUDED.length
        && Arrays.equals(path, 0, EXCLUDED.length, EXCLUDED, 0, EXCLUDED.length);
  }

  private String pathText(int pathLength) {
    return new String(path, 0, pathLength, StandardCharsets.UTF_8);
  }

  private Registry registry() {
    PersistentMap<AclList, AclUse> acls = PersistentMap.empty();
    for (Map.Entry<AclList, int[]> use : aclUses.entrySet()) {
      acls = acls.put(use.getKey(), new AclUse(use.getKey(), use.getValue()[0]));
    }
    return new Registry(
        sessions(), timeouts.size(), ephemerals, setOf(containers), setOf(ttls), acls);
  }

  private PersistentMap<Long, Session> sessions() {
    PersistentMap<Long, Session> sessions = PersistentMap.empty();
    for (Map.Entry<Long, Integer> entry : timeouts.entrySet()) {
      sessions = sessions.put(entry.getKey(), new Session(entry.getValue(), PersistentMap.empty()));
    }
    for (Map.Entry<Long, List<String>> entry : owned.entrySet()) {
      Session session = sessions.get(entry.getKey());
      int timeoutMs = session == null ? Session.UNKNOWN : session.timeoutMs();
      sessions = sessions.put(entry.getKey(), new Session(timeoutMs, setOf(entry.getValue())));
    }
    return sessions;
  }

  private static PersistentMap<String, Boolean> setOf(List<String> paths) {
    PersistentMap<String, Boolean> set = PersistentMap.empty();
    for (String path : paths) {
      set = set.put(path, true);
    }
    return set;
  }
}
