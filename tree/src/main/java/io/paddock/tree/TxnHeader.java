package io.paddock.tree;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;

/**
 * What every transaction starts with (data directory sheet, section 2.3). 32 bytes.
 *
 * @param cxid the client's request number
 * @param type number of an {@link io.paddock.wire.OpCode}
 */
public record TxnHeader(long sessionId, int cxid, Stamp stamp, int type) {
  public long zxid() {
    return stamp.zxid();
  }

  /** The leader's wall clock, milliseconds since 1970. */
  public long timeMs() {
    return stamp.timeMs();
  }

  void write(JuteWriter out) {
    out.writeLong(sessionId);
    out.writeInt(cxid);
    out.writeLong(zxid());
    out.writeLong(timeMs());
    out.writeInt(type);
  }

  static TxnHeader read(JuteReader in) {
    long sessionId = in.readLong();
    int cxid = in.readInt();
    Stamp stamp = new Stamp(in.readLong(), in.readLong());
    return new TxnHeader(sessionId, cxid, stamp, in.readInt());
  }
}
