package io.paddock.wire;

/**
 * The head of every frame a server sends after the handshake: 16 bytes (client protocol sheet,
 * section 1.1).
 */
public record ReplyHeader(int xid, long zxid, int err) {
  public static final int BYTES = 16;

  /** The xid of a watch event. */
  public static final int XID_NOTIFICATION = -1;

  /** The xid of a ping and of its reply. */
  public static final int XID_PING = -2;

  public void write(JuteWriter out) {
    write(out, xid, zxid, err);
  }

  public static void write(JuteWriter out, int xid, long zxid, int err) {
    out.writeInt(xid);
    out.writeLong(zxid);
    out.writeInt(err);
  }

  public static ReplyHeader read(JuteReader in) {
    return new ReplyHeader(in.readInt(), in.readLong(), in.readInt());
  }
}
