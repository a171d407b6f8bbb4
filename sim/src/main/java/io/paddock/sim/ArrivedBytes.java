package io.paddock.sim;

import java.util.Arrays;

/** What has arrived of a stream and was not taken yet. One thread. */
final class ArrivedBytes {
  private byte[] bytes = new byte[256];
  private int from;
  private int to;

  void add(byte[] more) {
    if (from > 0) {
      System.arraycopy(bytes, from, bytes, 0, to - from);
      to -= from;
      from = 0;
    }
    if (to + more.length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, to + more.length));
    }
    System.arraycopy(more, 0, bytes, to, more.length);
    to += more.length;
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

  void take(int count) {
    from += count;
  }

  /** The next frame without its length; null when it is not all there. */
  byte[] takeFrame() {
    if (size() < Integer.BYTES) {
      return null;
    }
    int length =
        bytes[from] << 24
            | (bytes[from + 1] & 0xff) << 16
            | (bytes[from + 2] & 0xff) << 8
            | bytes[from + 3] & 0xff;
    if (size() < Integer.BYTES + length) {
      return null;
    }
    int start = from + Integer.BYTES;
    from = start + length;
    return Arrays.copyOfRange(bytes, start, from);
  }

  /** Everything that is left. */
  byte[] takeAll() {
    byte[] all = Arrays.copyOfRange(bytes, from, to);
    from = to;
    return all;
  }
}
