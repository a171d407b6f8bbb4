package io.paddock.tree;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;

/**
 * What every transaction starts with (data directory sheet, section 2.3). 32 bytes.
 *
 * @param cxid the client's request number
 * @param timeMs the leader's wall clock, milliseconds since 1970
 * @param type number of an {@link io.paddock.wire.OpCode}
 */
public record TxnHeader(long sessionId, int cxid, long zxid, long timeMs, int type) {
  void write(JuteWriter out) {
    out.writeLong(sessionId);
    out.writeInt(cxid);
    out.writeLong(zxid);
    out.writeLong(timeMs);
    out.writeInt(type);
  }

  static TxnHeader read(JuteReader in) {
    return new TxnHeader(in.readLong(), in.readInt(), in.readLong(), in.readLong(), in.readInt());
  }
}
