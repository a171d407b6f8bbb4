package io.paddock.wire;

/**
 * What a client is told about a znode (client protocol sheet, sections 1.5 and 6): zxids and times
 * of its creation and last change, versions, owner, sizes. Times are milliseconds since 1970. 68
 * bytes on the wire.
 */
public record Stat(
    long czxid,
    long mzxid,
    long ctime,
    long mtime,
    int version,
    int cversion,
    int aversion,
    long ephemeralOwner,
    int dataLength,
    int numChildren,
    long pzxid) {
  /** Its size on the wire. */
  public static final int BYTES = 68;

  public void write(JuteWriter out) {
    out.writeLong(czxid);
    out.writeLong(mzxid);
    out.writeLong(ctime);
    out.writeLong(mtime);
    out.writeInt(version);
    out.writeInt(cversion);
    out.writeInt(aversion);
    out.writeLong(ephemeralOwner);
    out.writeInt(dataLength);
    out.writeInt(numChildren);
    out.writeLong(pzxid);
  }

  public static Stat read(JuteReader in) {
    return new Stat(
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readInt(),
        in.readInt(),
        in.readInt(),
        in.readLong(),
        in.readInt(),
        in.readInt(),
        in.readLong());
  }
}
