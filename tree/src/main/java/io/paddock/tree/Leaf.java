package io.paddock.tree;

import io.paddock.wire.JuteWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * A znode that is as it was created: no child yet, nothing set. Most znodes of a large tree are
 * such, so all there is to know is packed into one array:
 *
 * <pre>
 * byte    flags: bits 0–2 bytes of czxid - 1, bits 3–5 bytes of ctime - 1, bit 6 data is null,
 *         bit 7 there is an owner
 * bytes   czxid, then ctime: big-endian, without leading zeros
 * [byte, long]  type and value of the owner
 * byte    length of the name; 255: an int with the length follows
 * bytes   name in UTF-8, then the data up to the array's end
 * </pre>
 *
 * <p>Its access control list is open; others are {@link GuardedLeaf}s.
 */
class Leaf extends Node {
  private static final int NULL_DATA = 0x40;
  private static final int OWNED = 0x80;
  private static final int LONG_NAME = 0xff;

  private final byte[] packed;

  Leaf(byte[] packed) {
    this.packed = packed;
  }

  /** A znode as its creation leaves it. */
  static Leaf of(Slice name, Slice data, Stamp created, Owner owner, AclList acl) {
    int nameLength = name.length();
    int dataLength = data.length();
    int czxidBytes = bytesOf(created.zxid());
    int ctimeBytes = bytesOf(created.timeMs());
    boolean owned = owner.id() != 0;
    boolean longName = nameLength >= LONG_NAME;
    int head = 1 + czxidBytes + ctimeBytes + (owned ? 9 : 0) + (longName ? 5 : 1);
    byte[] packed = new byte[head + nameLength + data.bytes()];
    packed[0] =
        (byte)
            (czxidBytes - 1
                | ctimeBytes - 1 << 3
                | (dataLength < 0 ? NULL_DATA : 0)
                | (owned ? OWNED : 0));
    int at = put(packed, 1, created.zxid(), czxidBytes);
    at = put(packed, at, created.timeMs(), ctimeBytes);
    if (owned) {
      packed[at++] = (byte) owner.type().ordinal();
      at = put(packed, at, owner.id(), 8);
    }
    if (longName) {
      packed[at++] = (byte) LONG_NAME;
      at = put(packed, at, nameLength, 4);
    } else {
      packed[at++] = (byte) nameLength;
    }
    System.arraycopy(name.array(), name.at(), packed, at, nameLength);
    if (dataLength > 0) {
      System.arraycopy(data.array(), data.at(), packed, at + nameLength, dataLength);
    }
    return acl.isOpen() ? new Leaf(packed) : new GuardedLeaf(packed, acl);
  }

  @Override
  public final byte[] data() {
    return hasNullData() ? null : Arrays.copyOfRange(packed, dataAt(), packed.length);
  }

  @Override
  public final int dataLength() {
    return packed.length - dataAt();
  }

  @Override
  public final void writeData(JuteWriter out) {
    if (hasNullData()) {
      out.writeInt(-1);
    } else {
      int at = dataAt();
      out.writeBuffer(packed, at, packed.length - at);
    }
  }

  @Override
  public final String name() {
    int at = nameLengthAt();
    return new String(packed, nameAt(at), nameLength(at), StandardCharsets.UTF_8);
  }

  @Override
  public final int childCount() {
    return 0;
  }

  @Override
  public final void forEachChild(ChildVisitor visitor) {}

  @Override
  public final void writeChildren(JuteWriter out) {
    out.writeInt(0);
  }

  @Override
  public AclList acl() {
    return AclList.OPEN;
  }

  @Override
  public final long czxid() {
    return get(1, czxidBytes());
  }

  @Override
  public final long mzxid() {
    return czxid();
  }

  @Override
  public final long pzxid() {
    return czxid();
  }

  @Override
  public final long ctime() {
    return get(1 + czxidBytes(), ctimeBytes());
  }

  @Override
  public final long mtime() {
    return ctime();
  }

  @Override
  public final int version() {
    return 0;
  }

  @Override
  public final int cversion() {
    return 0;
  }

  @Override
  public final int aversion() {
    return 0;
  }

  @Override
  public final long owner() {
    return packed[0] < 0 ? get(ownerAt() + 1, 8) : 0;
  }

  @Override
  public final void writeStat(JuteWriter out) {
    long czxid = czxid();
    long ctime = ctime();
    out.writeLong(czxid);
    out.writeLong(czxid);
    out.writeLong(ctime);
    out.writeLong(ctime);
    out.writeInt(0);
    out.writeInt(0);
    out.writeInt(0);
    out.writeLong(shownOwner());
    out.writeInt(dataLength());
    out.writeInt(0);
    out.writeLong(czxid);
  }

  @Override
  final OwnerType ownerType() {
    return packed[0] < 0 ? OwnerType.ofOrdinal(packed[ownerAt()]) : OwnerType.PERSISTENT;
  }

  @Override
  final Children children() {
    return null;
  }

  @Override
  final boolean nameIs(String path, int from, int to) {
    int at = nameLengthAt();
    return Utf8.equal(packed, nameAt(at), nameLength(at), path, from, to);
  }

  @Override
  final int nameHash(NameHash names) {
    int at = nameLengthAt();
    return names.of(packed, nameAt(at), nameLength(at));
  }

  @Override
  final void writeName(JuteWriter out) {
    int at = nameLengthAt();
    out.writeBuffer(packed, nameAt(at), nameLength(at));
  }

  @Override
  final void writeRawName(JuteWriter out) {
    int at = nameLengthAt();
    out.writeRaw(packed, nameAt(at), nameLength(at));
  }

  @Override
  final void writeStored(JuteWriter out) {
    long czxid = czxid();
    long ctime = ctime();
    out.writeLong(czxid);
    out.writeLong(czxid);
    out.writeLong(ctime);
    out.writeLong(ctime);
    out.writeInt(0);
    out.writeInt(0);
    out.writeInt(0);
    out.writeLong(owner());
    out.writeLong(czxid);
  }

  @Override
  final void updateData(CRC32 crc) {
    int at = dataAt();
    crc.update(packed, at, packed.length - at);
  }

  @Override
  final long digest(Digester digester, String path, int end) {
    return digester.of(this, path, end);
  }

  @Override
  final Branch toBranch(byte[] data) {
    int at = nameLengthAt();
    int nameAt = nameAt(at);
    Branch branch = new Branch(Arrays.copyOfRange(packed, nameAt, nameAt + nameLength(at)));
    branch.data = data;
    branch.acl = acl();
    branch.czxid = czxid();
    branch.mzxid = branch.czxid;
    branch.pzxid = branch.czxid;
    branch.ctime = ctime();
    branch.mtime = branch.ctime;
    branch.owner = owner();
    branch.type = ownerType();
    return branch;
  }

  private boolean hasNullData() {
    return (packed[0] & NULL_DATA) != 0;
  }

  private int czxidBytes() {
    return (packed[0] & 7) + 1;
  }

  private int ctimeBytes() {
    return (packed[0] >> 3 & 7) + 1;
  }

  private int ownerAt() {
    return 1 + czxidBytes() + ctimeBytes();
  }

  private int nameLengthAt() {
    return ownerAt() + (packed[0] < 0 ? 9 : 0);
  }

  private int nameAt(int lengthAt) {
    return packed[lengthAt] == -1 ? lengthAt + 5 : lengthAt + 1;
  }

  private int nameLength(int lengthAt) {
    return packed[lengthAt] == -1 ? (int) get(lengthAt + 1, 4) : packed[lengthAt] & 0xff;
  }

  private int dataAt() {
    int at = nameLengthAt();
    return nameAt(at) + nameLength(at);
  }

  private long get(int at, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | packed[at + i] & 0xff;
    }
    return value;
  }

  private static int put(byte[] packed, int at, long value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
      packed[at++] = (byte) (value >>> shift);
    }
    return at;
  }

  private static int bytesOf(long value) {
    return Math.max(1, (71 - Long.numberOfLeadingZeros(value)) >> 3);
  }
}
