package io.paddock.tasks;

import java.nio.charset.StandardCharsets;

/** The last bytes of what a task printed, and how many there were. Any thread may call it. */
final class OutputTail {
  private static final int CONTINUATION_MASK = 0xC0;
  private static final int CONTINUATION = 0x80;

  private final byte[] ring;
  private long total;

  OutputTail(int bytesMax) {
    this.ring = new byte[bytesMax];
  }

  synchronized void append(byte[] bytes, int offset, int length) {
    int from = Math.max(0, length - ring.length);
    for (int i = from; i < length; i++) {
      ring[(int) ((total + i) % ring.length)] = bytes[offset + i];
    }
    total += length;
  }

  void append(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    append(bytes, 0, bytes.length);
  }

  synchronized long total() {
    return total;
  }

  /** The tail as text; a character that is cut at its start is left out. */
  synchronized String text() {
    int length = (int) Math.min(total, ring.length);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = ring[(int) ((total - length + i) % ring.length)];
    }
    int from = 0;
    if (total > length) {
      while (from < length && (bytes[from] & CONTINUATION_MASK) == CONTINUATION) {
        from++;
      }
    }
    return new String(bytes, from, length - from, StandardCharsets.UTF_8);
  }
}
