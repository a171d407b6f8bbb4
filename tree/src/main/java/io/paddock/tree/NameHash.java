package io.paddock.tree;

import java.nio.charset.StandardCharsets;

/**
 * The keyed hash of znode names. Names are chosen by strangers, so the key must be a secret: the
 * name's UTF-8 bytes are folded eight at a time by 64 × 64 → 128 bit products with two secret
 * words, for which nobody who cannot see the key can prepare collisions. Immutable.
 */
final class NameHash {
  private final long key0;
  private final long key1;
  private final int mask;

  NameHash(long seed) {
    this(seed, -1);
  }

  /**
   * @param mask bits of the hash that are kept; tests keep few, so that hashes collide
   */
  NameHash(long seed, int mask) {
    this.key0 = mix(seed + 0x9e3779b97f4a7c15L);
    this.key1 = mix(key0 ^ 0xd1b54a32d192ed03L) | 1;
    this.mask = mask;
  }

  /** Hash of {@code path[from, to)}. Allocates nothing. */
  int of(String path, int from, int to) {
    long hash = key0;
    long word = 0;
    int bytes = 0;
    for (int i = from; i < to; i++) {
      char c = path.charAt(i);
      if (c >= 0x80) {
        return ofBeyondAscii(path, from, to);
      }
      word = word << 8 | c;
      if ((++bytes & 7) == 0) {
        hash = fold(hash ^ word, key1);
        word = 0;
      }
    }
    return finish(hash, word, bytes);
  }

  /** Hash of {@code name[from, from + length)}, which is UTF-8. */
  int of(byte[] name, int from, int length) {
    long hash = key0;
    long word = 0;
    int bytes = 0;
    for (int i = from; i < from + length; i++) {
      word = word << 8 | (name[i] & 0xff);
      if ((++bytes & 7) == 0) {
        hash = fold(hash ^ word, key1);
        word = 0;
      }
    }
    return finish(hash, word, bytes);
  }

  private int ofBeyondAscii(String path, int from, int to) {
    long hash = key0;
    long word = 0;
    int bytes = 0;
    for (int i = from; i < to; i++) {
      char c = path.charAt(i);
      if (Character.isSurrogate(c)) {
        // No client can make such a name, so it may allocate.
        byte[] utf8 = path.substring(from, to).getBytes(StandardCharsets.UTF_8);
        return of(utf8, 0, utf8.length);
      }
      int units = c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      for (int unit = 0; unit < units; unit++) {
        word = word << 8 | Utf8.unit(c, unit, units);
        if ((++bytes & 7) == 0) {
          hash = fold(hash ^ word, key1);
          word = 0;
        }
      }
    }
    return finish(hash, word, bytes);
  }

  private int finish(long hash, long word, int bytes) {
    long folded = fold(hash ^ word, key1 ^ bytes);
    return (int) (folded ^ folded >>> 32) & mask;
  }

  private static long fold(long a, long b) {
    return Math.multiplyHigh(a, b) ^ a * b;
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
