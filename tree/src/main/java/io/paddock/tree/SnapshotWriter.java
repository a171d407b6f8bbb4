package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.JuteWriter;
import java.util.Arrays;
import java.util.IdentityHashMap;

/**
 * Writes a tree as a snapshot's body (data directory sheet, section 3.2), piece by piece:
 *
 * <pre>
 * int n, n × { long sessionId, int timeoutMs }
 * int n, n × { long aclId, vector of ACL }
 * znodes, parents first: { path, data, long aclId, 60 bytes of stat }, the root's path is ""
 * string "/"
 * </pre>
 *
 * Belongs to one thread; the tree may be served meanwhile.
 */
public final class SnapshotWriter {
  /** Stands for the open list, which is not in the map. */
  static final long OPEN_ACL_ID = -1;

  private final Tree tree;
  private final IdentityHashMap<AclList, Long> aclIds = new IdentityHashMap<>();

  /** Znodes still to be written, each with the length of its parent's path in {@link #path}. */
  private Node[] open = new Node[64];

  private int[] parentEnds = new int[64];
  private int openCount;
  private final JuteWriter path = new JuteWriter();
  private boolean started;
  private boolean done;

  public SnapshotWriter(Tree tree) {
    this.tree = tree;
    open[0] = tree.root;
    openCount = 1;
  }

  /**
   * Appends whole records until {@code out} holds at least {@code bytesWanted} bytes or the body
   * ends.
   *
   * @return whether there is more
   */
  public boolean fill(JuteWriter out, int bytesWanted) {
    if (done) {
      return false;
    }
    if (!started) {
      started = true;
      writeSessions(out);
      writeAcls(out);
    }
    while (openCount > 0) {
      if (out.size() >= bytesWanted) {
        return true;
      }
      openCount--;
      Node node = open[openCount];
      open[openCount] = null;
      path.truncate(parentEnds[openCount]);
      if (node != tree.root) {
        path.writeByte('/');
        node.writeRawName(path);
      }
      writeNode(node, out);
      openChildren(node);
    }
    out.writeString("/");
    done = true;
    return false;
  }

  private void writeSessions(JuteWriter out) {
    out.writeInt(tree.sessionCount());
    tree.forEachSession(
        (id, timeoutMs) -> {
          out.writeLong(id);
          out.writeInt(timeoutMs);
        });
  }

  private void writeAcls(JuteWriter out) {
    out.writeInt(tree.registry.acls().size());
    for (AclList list : tree.registry.acls().keys()) {
      long id = aclIds.size() + 1L;
      aclIds.put(list, id);
      out.writeLong(id);
      Acl.writeList(out, list.entries());
    }
  }

  private void writeNode(Node node, JuteWriter out) {
    out.writeBuffer(path.array(), 0, path.size());
    node.writeData(out);
    AclList acl = node.acl();
    out.writeLong(acl.isOpen() ? OPEN_ACL_ID : aclIds.get(acl));
    node.writeStored(out);
  }

  private void openChildren(Node node) {
    Children children = node.children();
    if (children == null) {
      return;
    }
    int count = children.size();
    if (openCount + count > open.length) {
      int capacity = Math.max(openCount + count, 2 * open.length);
      open = Arrays.copyOf(open, capacity);
      parentEnds = Arrays.copyOf(parentEnds, capacity);
    }
    children.copyTo(open, openCount);
    Arrays.fill(parentEnds, openCount, openCount + count, path.size());
    openCount += count;
  }
}
