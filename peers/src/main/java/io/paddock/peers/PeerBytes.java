package io.paddock.peers;

import io.netty.buffer.ByteBuf;
import io.paddock.wire.JuteReader;
import io.paddock.wire.MalformedException;
import io.paddock.zab.SaslPacket;
import java.util.Arrays;

/** What has come in from a peer and is not consumed yet, in one array. For one thread. */
final class PeerBytes {
  private static final int KEPT_BYTES = 64 << 10;

  private byte[] bytes = new byte[4096];
  private int from;
  private int to;

  void add(ByteBuf in) {
    int count = in.readableBytes();
    makeRoom(count);
    in.readBytes(bytes, to, count);
    to += count;
  }

  void add(byte[] in, int offset, int count) {
    makeRoom(count);
    System.arraycopy(in, offset, bytes, to, count);
    to += count;
  }

  private void makeRoom(int count) {
    if (to + count > bytes.length) {
      int rest = to - from;
      byte[] target =
          rest + count > bytes.length
              ? new byte[Math.max(rest + count, Math.multiplyExact(bytes.length, 2))]
              : bytes;
      System.arraycopy(bytes, from, target, 0, rest);
      bytes = target;
      from = 0;
      to = rest;
    }
  }

  /**
   * Takes the packet of a login that it begins with; null while that is not complete.
   *
   * @throws MalformedException when it begins with something else
   */
  SaslPacket takeLogin() throws MalformedException {
    int length = SaslPacket.length(bytes, from, to);
    if (length < 0) {
      return null;
    }
    SaslPacket packet = SaslPacket.read(new JuteReader().reset(bytes, from, from + length));
    take(length);
    return packet;
  }

  byte[] array() {
    return bytes;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  int size() {
    return to - from;
  }

  /** What it takes in memory. */
  int heldBytes() {
    return bytes.length;
  }

  /** Everything, which is consumed by that. */
  byte[] takeAll() {
    byte[] all = Arrays.copyOfRange(bytes, from, to);
    take(all.length);
    return all;
  }

  void take(int count) {
    from += count;
    if (from == to) {
      from = 0;
      to = 0;
      if (bytes.length > KEPT_BYTES) {
        bytes = Arrays.copyOf(bytes, KEPT_BYTES);
      }
    }
  }
}
