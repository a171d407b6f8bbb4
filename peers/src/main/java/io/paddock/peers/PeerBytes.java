package io.paddock.peers;

import io.netty.buffer.ByteBuf;
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
