package io.paddock.tree;

import io.paddock.wire.JuteWriter;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A znode with all its fields: one that has or had children, or was changed. Fields are set between
 * a copy and its publication inside a {@link Tree}, and never after; the tree's final fields
 * publish them.
 */
final class Branch extends Node {
  private final byte[] name;
  byte[] data;
  AclList acl = AclList.OPEN;
  Children children;
  long czxid;
  long mzxid;
  long pzxid;
  long ctime;
  long mtime;
  long owner;
  int version;
  int cversion;
  int aversion;

  /** What this znode contributes to the tree's digest, once it was computed for it. */
  int digest;

  OwnerType type = OwnerType.PERSISTENT;

  /**
   * @param name in UTF-8; not copied
   */
  Branch(byte[] name) {
    this.name = name;
  }

  /** A copy that is not published yet. */
  Branch copy() {
    Branch copy = new Branch(name);
    copy.data = data;
    copy.acl = acl;
    copy.children = children;
    copy.czxid = czxid;
    copy.mzxid = mzxid;
    copy.pzxid = pzxid;
    copy.ctime = ctime;
    copy.mtime = mtime;
    copy.owner = owner;
    copy.version = version;
    copy.cversion = cversion;
    copy.aversion = aversion;
    copy.digest = digest;
    copy.type = type;
    return copy;
  }

  @Override
  public byte[] data() {
    return data;
  }

  @Override
  public int dataLength() {
    return data == null ? 0 : data.length;
  }

  @Override
  public void writeData(JuteWriter out) {
    out.writeBuffer(data);
  }

  @Override
  public String name() {
    return new String(name, StandardCharsets.UTF_8);
  }

  @Override
  public int childCount() {
    return children == null ? 0 : children.size();
  }

  @Override
  public void forEachChild(ChildVisitor visitor) {
    if (children != null) {
      children.forEach(child -> visitor.visit(child.name(), child));
    }
  }

  @Override
  public void writeChildren(JuteWriter out) {
    out.writeInt(childCount());
    if (children != null) {
      children.forEach(child -> child.writeName(out));
    }
  }

  @Override
  public AclList acl() {
    return acl;
  }

  @Override
  public long czxid() {
    return czxid;
  }

  @Override
  public long mzxid() {
    return mzxid;
  }

  @Override
  public long pzxid() {
    return pzxid;
  }

  @Override
  public long ctime() {
    return ctime;
  }

  @Override
  public long mtime() {
    return mtime;
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public int cversion() {
    return cversion;
  }

  @Override
  public int aversion() {
    return aversion;
  }

  @Override
  public long owner() {
    return owner;
  }

  @Override
  public void writeStat(JuteWriter out) {
    out.writeLong(czxid);
    out.writeLong(mzxid);
    out.writeLong(ctime);
    out.writeLong(mtime);
    out.writeInt(version);
    out.writeInt(shownCversion());
    out.writeInt(aversion);
    out.writeLong(shownOwner());
    out.writeInt(dataLength());
    out.writeInt(childCount());
    out.writeLong(pzxid);
  }

  @Override
  OwnerType ownerType() {
    return type;
  }

  @Override
  Children children() {
    return children;
  }

  @Override
  boolean nameIs(String path, int from, int to) {
    return Utf8.equal(name, 0, name.length, path, from, to);
  }

  @Override
  int nameHash(NameHash names) {
    return names.of(name, 0, name.length);
  }

  @Override
  void writeName(JuteWriter out) {
    out.writeBuffer(name);
  }

  @Override
  void writeRawName(JuteWriter out) {
    out.writeRaw(name, 0, name.length);
  }

  @Override
  void writeStored(JuteWriter out) {
    out.writeLong(czxid);
    out.writeLong(mzxid);
    out.writeLong(ctime);
    out.writeLong(mtime);
    out.writeInt(version);
    out.writeInt(cversion);
    out.writeInt(aversion);
    out.writeLong(owner);
    out.writeLong(pzxid);
  }

  @Override
  void updateData(CRC32 crc) {
    if (data != null) {
      crc.update(data, 0, data.length);
    }
  }

  @Override
  long digest(Digester digester, String path, int end) {
    return digest & 0xffff_ffffL;
  }

  @Override
  Branch toBranch(byte[] newData) {
    Branch copy = copy();
    copy.data = newData;
    return copy;
  }
}
