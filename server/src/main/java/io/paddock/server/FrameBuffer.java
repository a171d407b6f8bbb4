package io.paddock.server;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * What has come in on one connection and is not consumed yet: usually nothing between two reads, so
 * an idle connection holds no memory here. Bytes are read out of the loop's own array when a read
 * brings whole frames, and kept in an array of the connection when a frame is incomplete or the
 * connection waits. That array grows with what has really arrived, not with what a client
 * announces.
 */
final class FrameBuffer {
  private static final int KEPT_BYTES_MIN = 256;
  private static final byte[] NOTHING = {};

  private byte[] kept = NOTHING;
  private int keptBytes;

  private byte[] bytes = NOTHING;
  private int position;
  private int limit;

  /**
   * Adds what a read has brought; {@code scratch} is used in place when nothing was kept, until
   * {@link #keep}.
   */
  void add(ByteBuf in, byte[] scratch) {
    int count = in.readableBytes();
    if (keptBytes == 0 && count <= scratch.length) {
      in.readBytes(scratch, 0, count);
      bytes = scratch;
      position = 0;
      limit = count;
      return;
    }
    reserve(count);
    in.readBytes(kept, keptBytes, count);
    keptBytes += count;
    resume();
  }

  /** Goes on with what was kept. */
  void resume() {
    bytes = kept;
    position = 0;
    limit = keptBytes;
  }

  /** Keeps what was not consumed for later; the loop's array is free again. */
  void keep() {
    int rest = limit - position;
    if (rest == 0) {
      kept = NOTHING;
    } else if (bytes == kept) {
      System.arraycopy(kept, position, kept, 0, rest);
    } else {
      kept = Arrays.copyOfRange(bytes, position, Math.max(limit, position + KEPT_BYTES_MIN));
    }
    keptBytes = rest;
    bytes = kept;
    position = 0;
    limit = rest;
  }

  /** Bytes at hand. */
  int readable() {
    return limit - position;
  }

  /** The next four bytes as a number, without consuming them; there must be four. */
  int peekInt() {
    return (bytes[position] & 0xff) << 24
        | (bytes[position + 1] & 0xff) << 16
        | (bytes[position + 2] & 0xff) << 8
        | bytes[position + 3] & 0xff;
  }

  /** Consumes eight bytes; there must be eight. */
  long readLong() {
    long high = peekInt() & 0xffffffffL;
    skip(4);
    long low = peekInt() & 0xffffffffL;
    skip(4);
    return high << 32 | low;
  }

  /** What is kept between two reads, as memory. */
  int heldBytes() {
    return kept.length;
  }

  byte[] array() {
    return bytes;
  }

  int position() {
    return position;
  }

  void skip(int count) {
    position += count;
  }

  /** Forgets everything. */
  void drop() {
    kept = NOTHING;
    keptBytes = 0;
    resume();
  }

  private void reserve(int count) {
    int needed = keptBytes + count;
    if (needed > kept.length) {
      kept = Arrays.copyOf(kept, Math.max(needed, Math.min(frameBytes(), kept.length * 2)));
    }
  }

  /** What the frame that was begun will take; more is not made room for ahead of need. */
  private int frameBytes() {
    if (keptBytes < 4) {
      return KEPT_BYTES_MIN;
    }
    resume();
    return Math.max(KEPT_BYTES_MIN, 4 + peekInt());
  }
}
