package io.paddock.zab;

import io.paddock.wire.JuteWriter;

/** Reconfiguration transactions for tests. */
final class Reconfigs {
  private Reconfigs() {}

  static byte[] txn(long zxid, EnsembleConfig config) {
    JuteWriter out = new JuteWriter();
    out.writeLong(7);
    out.writeInt(1);
    out.writeLong(zxid);
    out.writeLong(0);
    out.writeInt(16);
    out.writeString("/zookeeper/config");
    out.writeBuffer(config.bytes());
    out.writeInt(-1);
    return out.toByteArray();
  }
}
