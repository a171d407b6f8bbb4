package io.paddock.wire;

/** The rules of znode paths (client protocol sheet, section 5.1). */
public final class Paths {
  private Paths() {}

  /**
   * Why {@code path} cannot name a znode, in the words that ZooKeeper's shell shows; null when it
   * can.
   */
  public static String problem(String path) {
    if (path == null) {
      return "Path cannot be null";
    }
    if (path.isEmpty()) {
      return "Path length must be > 0";
    }
    if (path.charAt(0) != '/') {
      return "Path must start with / character";
    }
    if (path.length() == 1) {
      return null;
    }
    if (path.charAt(path.length() - 1) == '/') {
      return "Path must not end with / character";
    }
    int start = 1;
    for (int i = 1; i <= path.length(); i++) {
      char c = i == path.length() ? '/' : path.charAt(i);
      if (c == '/') {
        if (start == i) {
          return invalid(path, "empty node name specified", i);
        }
        if (isDots(path, start, i)) {
          return invalid(path, "relative paths not allowed", i - 1);
        }
        start = i + 1;
      } else if (c == 0) {
        return invalid(path, "null character not allowed", i);
      } else if (isForbidden(c)) {
        return invalid(path, "invalid character", i);
      }
    }
    return null;
  }

  /** Whether {@code path} can name a znode. */
  public static boolean isValid(String path) {
    return problem(path) == null;
  }

  /** The parent's path of a valid path other than "/". */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  /** The last element of a valid path; empty for "/". */
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static boolean isDots(String path, int start, int end) {
    int length = end - start;
    return path.charAt(start) == '.'
        && (length == 1 || (length == 2 && path.charAt(start + 1) == '.'));
  }

  private static boolean isForbidden(char c) {
    return c <= 0x1f || (c >= 0x7f && c <= 0x9f) || (c >= 0xd800 && c <= 0xf8ff) || c >= 0xfff0;
  }

  private static String invalid(String path, String reason, int at) {
    return "Invalid path string \"" + path + "\" caused by " + reason + " @" + at;
  }
}
