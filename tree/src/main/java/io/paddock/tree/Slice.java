package io.paddock.tree;

import java.util.Arrays;

/**
 * Bytes that stand somewhere in an array, not copied.
 *
 * @param length -1 for null, which is not the same as none
 */
record Slice(byte[] array, int at, int length) {
  private static final Slice NULL = new Slice(new byte[0], 0, -1);

  /** The whole of it; null is a slice too. */
  static Slice of(byte[] bytes) {
    return bytes == null ? NULL : new Slice(bytes, 0, bytes.length);
  }

  /** An array of its own, or null. */
  byte[] copy() {
    return length < 0 ? null : Arrays.copyOfRange(array, at, at + length);
  }

  /** Bytes there are; 0 for null. */
  int bytes() {
    return Math.max(length, 0);
  }
}
