package io.paddock.peers;

import io.paddock.wire.JuteWriter;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;

/** Encodes packets, the one that goes to many connections only once. For one thread. */
final class PacketBytes {
  private static final int KEPT_BYTES = 64 << 10;

  private final JuteWriter out = new JuteWriter(1024);
  private QuorumPacket last;
  private byte[] lastBytes;

  byte[] of(QuorumPacket packet) {
    if (packet != last) {
      out.clear(KEPT_BYTES);
      QuorumPacketCodec.write(packet, out);
      lastBytes = out.toByteArray();
      last = packet;
    }
    return lastBytes;
  }
}
