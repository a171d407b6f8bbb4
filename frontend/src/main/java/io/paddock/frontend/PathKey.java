package io.paddock.frontend;

/**
 * How the watch table keeps a path: each char in one, two or three bytes, as UTF-8 does it, but
 * surrogates each for themselves, so that any string a client sends comes back as it was. Half the
 * memory of a String, and comparable with one without making one.
 */
final class PathKey {
  private PathKey() {}

  static byte[] encode(String path) {
    int size = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      size += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
    }
    byte[] key = new byte[size];
    int at = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c < 0x80) {
        key[at++] = (byte) c;
      } else if (c < 0x800) {
        key[at++] = (byte) (0xc0 | c >> 6);
        key[at++] = (byte) (0x80 | c & 0x3f);
      } else {
        key[at++] = (byte) (0xe0 | c >> 12);
        key[at++] = (byte) (0x80 | c >> 6 & 0x3f);
        key[at++] = (byte) (0x80 | c & 0x3f);
      }
    }
    return key;
  }

  static String decode(byte[] key) {
    StringBuilder path = new StringBuilder(key.length);
    int at = 0;
    while (at < key.length) {
      int lead = key[at++];
      if (lead >= 0) {
        path.append((char) lead);
      } else if ((lead & 0xe0) == 0xc0) {
        path.append((char) ((lead & 0x1f) << 6 | key[at++] & 0x3f));
      } else {
        path.append((char) ((lead & 0xf) << 12 | (key[at++] & 0x3f) << 6 | key[at++] & 0x3f));
      }
    }
    return path.toString();
  }

  /** Whether {@code key} is the first {@code length} chars of {@code path}. */
  static boolean matches(byte[] key, String path, int length) {
    int at = 0;
    for (int i = 0; i < length; i++) {
      char c = path.charAt(i);
      int bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      if (at + bytes > key.length) {
        return false;
      }
      boolean same =
          switch (bytes) {
            case 1 -> key[at] == (byte) c;
            case 2 -> key[at] == (byte) (0xc0 | c >> 6) && key[at + 1] == (byte) (0x80 | c & 0x3f);
            default ->
                key[at] == (byte) (0xe0 | c >> 12)
                    && key[at + 1] == (byte) (0x80 | c >> 6 & 0x3f)
                    && key[at + 2] == (byte) (0x80 | c & 0x3f);
          };
      if (!same) {
        return false;
      }
      at += bytes;
    }
    return at == key.length;
  }

  /** The start of a hash, to be fed char by char to {@link #mix} and closed by {@link #fold}. */
  static long mix(long hash, char c) {
    return (hash ^ c) * 0x9E3779B97F4A7C15L;
  }

  static int fold(long hash) {
    return (int) (hash ^ hash >>> 32);
  }
}
