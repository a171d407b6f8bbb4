package io.paddock.tree;

import java.nio.charset.StandardCharsets;

/** Compares and measures UTF-8 without making strings of it. */
final class Utf8 {
  private Utf8() {}

  /** Byte number {@code unit} of {@code units} of a char outside the surrogates. */
  static int unit(char c, int unit, int units) {
    int last = units - 1;
    if (unit < last && unit > 0) {
      return 0x80 | c >> 6 & 0x3f;
    }
    if (unit == last && units > 1) {
      return 0x80 | c & 0x3f;
    }
    return units == 1 ? c : units == 2 ? 0xc0 | c >> 6 : 0xe0 | c >> 12;
  }

  /** Whether {@code bytes[at, at + length)} encode {@code path[from, to)}. */
  static boolean equal(byte[] bytes, int at, int length, String path, int from, int to) {
    if (to - from > length) {
      return false;
    }
    int end = at + length;
    for (int i = from; i < to; i++) {
      char c = path.charAt(i);
      if (c < 0x80) {
        if (at == end || bytes[at++] != c) {
          return false;
        }
      } else if (Character.isSurrogate(c)) {
        byte[] rest = path.substring(i, to).getBytes(StandardCharsets.UTF_8);
        return java.util.Arrays.equals(bytes, at, end, rest, 0, rest.length);
      } else {
        int units = c < 0x800 ? 2 : 3;
        if (end - at < units) {
          return false;
        }
        for (int unit = 0; unit < units; unit++) {
          if (bytes[at++] != (byte) unit(c, unit, units)) {
            return false;
          }
        }
      }
    }
    return at == end;
  }

  /** UTF-8 of {@code path[from, to)}. */
  static byte[] of(String path, int from, int to) {
    return path.substring(from, to).getBytes(StandardCharsets.UTF_8);
  }

  /** Chars that {@code bytes[from, to)} decode to. */
  static int chars(byte[] bytes, int from, int to) {
    int chars = 0;
    for (int i = from; i < to; i++) {
      int b = bytes[i];
      // All bytes but continuations start a char; those of four bytes are two chars.
      if (b >= -64) {
        chars += b >= -16 && b < 0 ? 2 : 1;
      }
    }
    return chars;
  }
}
