package io.paddock.tree;

import io.paddock.wire.JuteWriter;
import io.paddock.wire.Stat;

/**
 * One znode at one moment: its data, stat, access control list and children. Immutable, so any
 * thread may read it for as long as it likes.
 */
public abstract class Node {
  Node() {}

  /** A copy, or an array that nobody may change; null when the data is null. */
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

  /** Znodes below this one, itself not counted. */
  public abstract int descendantCount();

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
  public abstract long shownOwner();

  /** Writes the 68 bytes of the stat that clients see (client protocol sheet, section 6). */
  public final void writeStat(JuteWriter out) {
    stat().write(out);
  }

  /** The stat that clients see. */
  public final Stat stat() {
    return new Stat(
        czxid(),
        mzxid(),
        ctime(),
        mtime(),
        version(),
        2 * cversion() - childCount(),
        aversion(),
        shownOwner(),
        dataLength(),
        childCount(),
        pzxid());
  }
}
