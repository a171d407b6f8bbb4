package io.paddock.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A {@link Recorder} for each name, of which there can be {@link #KEYS_MAX}: strangers choose the
 * names of znodes, and what comes later than those is in no figure by name. One thread records.
 */
public final class KeyedRecorders {
  /** Some 3 kB each. */
  public static final int KEYS_MAX = 200;

  private static final int KEY_CHARS_MAX = 200;

  private final Map<String, Recorder> byKey = new ConcurrentHashMap<>();

  // Whom the last record was for: most often the next one is for the same.
  private String lastKey = "";
  private Recorder last;

  /** Records for the top-level znode of a path; for the root, nothing. */
  public void recordForPath(String path, long value) {
    int length = lastKey.length();
    if (last != null
        && path.startsWith(lastKey, 1)
        && (path.length() == length + 1 || path.charAt(length + 1) == '/')) {
      last.record(value);
      return;
    }
    String key = topLevel(path);
    if (key != null) {
      record(key, value);
    }
  }

  /** The first element of a path; null of the root. */
  static String topLevel(String path) {
    int end = path.indexOf('/', 1);
    int to = end < 0 ? path.length() : end;
    return to <= 1 || path.charAt(0) != '/' ? null : path.substring(1, to);
  }

  void record(String key, long value) {
    Recorder recorder = byKey.get(key);
    if (recorder == null) {
      if (byKey.size() >= KEYS_MAX || key.length() > KEY_CHARS_MAX) {
        return;
      }
      recorder = new Recorder();
      byKey.put(key, recorder);
    }
    lastKey = key;
    last = recorder;
    recorder.record(value);
  }

  /** Begins anew; by the thread that records. */
  void clear() {
    last = null;
    byKey.clear();
  }

  Map<String, Recorder> byKey() {
    return byKey;
  }
}
