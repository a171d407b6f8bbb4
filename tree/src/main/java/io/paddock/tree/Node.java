package io.paddock.tree;

import io.paddock.wire.JuteWriter;
import io.paddock.wire.Stat;
import java.util.ArrayDeque;
import java.util.zip.CRC32;

/**
 * One znode at one moment: its data, stat, access control list and children. Immutable, so any
 * thread may read it for as long as it likes.
 *
 * <p>A znode that never changed since its creation is a {@link Leaf}; all others are a {@link
 * Branch}.
 */
public abstract class Node {
  Node() {}

  /** The data, possibly a copy; null when it is null. Nobody may change the array. */
  public abstract byte[] data();

  /** Bytes of data; 0 for null. */
  public abstract int dataLength();

  /** Writes the data as a jute buffer, -1 for null. */
  public abstract void writeData(JuteWriter out);

  /** The last element of its path; empty for the root. */
  public abstract String name();

  public abstract int childCount();

  /** Shows the children in no particular order. */
  public abstract void forEachChild(ChildVisitor visitor);

  /** Writes the children's names as a vector, in no particular order. */
  public abstract void writeChildren(JuteWriter out);

  public abstract AclList acl();

  public abstract long czxid();

  public abstract long mzxid();

  public abstract long pzxid();

  /** Milliseconds since 1970. */
  public abstract long ctime();

  /** Milliseconds since 1970. */
  public abstract long mtime();

  public abstract int version();

  /** The stored cversion, which counts creations of children only. */
  public abstract int cversion();

  public abstract int aversion();

  /** The stored ephemeralOwner, which marks containers and TTL znodes too. */
  public abstract long owner();

  /** The ephemeralOwner that clients see: 0 for containers and TTL znodes. */
  public final long shownOwner() {
    return ownerType() == OwnerType.EPHEMERAL ? owner() : 0;
  }

  /** Writes the 68 bytes of the stat that clients see (client protocol sheet, section 6). */
  public abstract void writeStat(JuteWriter out);

  /** The stat that clients see. */
  public final Stat stat() {
    return new Stat(
        czxid(),
        mzxid(),
        ctime(),
        mtime(),
        version(),
        shownCversion(),
        aversion(),
        shownOwner(),
        dataLength(),
        childCount(),
        pzxid());
  }

  /** Znodes below this one, itself not counted. */
  public final int descendantCount() {
    int count = 0;
    // A stack of its own: clients decide how deep a tree is.
    ArrayDeque<Node> open = new ArrayDeque<>();
    open.push(this);
    while (!open.isEmpty()) {
      Children children = open.pop().children();
      if (children != null) {
        count += children.size();
        children.forEach(
            child -> {
              if (child.childCount() > 0) {
                open.push(child);
              }
            });
      }
    }
    return count;
  }

  /** Creations and deletions of children, as far as clients are concerned. */
  final int shownCversion() {
    return 2 * cversion() - childCount();
  }

  abstract OwnerType ownerType();

  /** Null when there are none. */
  abstract Children children();

  abstract boolean nameIs(String path, int from, int to);

  abstract int nameHash(NameHash names);

  /** Writes the name as a string. */
  abstract void writeName(JuteWriter out);

  /** Writes the 60 bytes of the stat that snapshots hold. */
  abstract void writeStored(JuteWriter out);

  /** Writes the name's bytes alone. */
  abstract void writeRawName(JuteWriter out);

  /** Feeds the data to a checksum. */
  abstract void updateData(CRC32 crc);

  /** An unpublished branch that is this znode with that data. */
  abstract Branch toBranch(byte[] data);

  /** What it contributes to the tree's digest; {@code path[0, end)} is its path. */
  abstract long digest(Digester digester, String path, int end);

  final Node child(NameHash names, String path, int from, int to) {
    Children children = children();
    return children == null ? null : children.get(names.of(path, from, to), 0, path, from, to);
  }

  @Override
  public final String toString() {
    return name() + " " + stat();
  }
}
