package io.paddock.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A name that speaks of a zxid: {@code log.<hex>} or {@code snapshot.<hex>[.<codec>]}. What follows
 * the zxid is ignored for logs and picks the codec for snapshots, so {@code log.5.bak} is a log;
 * Apache's server reads it so, and a directory must mean the same to both.
 */
record FileName(String name, long zxid, Codec codec, String suffix) {
  static final String LOG_PREFIX = "log.";
  static final String SNAPSHOT_PREFIX = "snapshot.";

  /** Half-written files of ours; a prefix that neither server takes for a log or a snapshot. */
  static final String TEMPORARY_PREFIX = "tmp.";

  /**
   * Log files without content that recovery moved away, kept as evidence until retention takes
   * them.
   */
  static final String ASIDE_PREFIX = "aside.";

  static String log(long zxid) {
    return LOG_PREFIX + Long.toHexString(zxid);
  }

  /** The files with this prefix and a zxid, by zxid, lowest first. */
  static List<FileName> list(Storage storage, String prefix) throws IOException {
    List<FileName> found = new ArrayList<>();
    for (String name : storage.list()) {
      FileName parsed = parse(name, prefix);
      if (parsed != null) {
        found.add(parsed);
      }
    }
    found.sort(Comparator.comparingLong(FileName::zxid).thenComparing(FileName::name));
    return found;
  }

  /** Null if the name is not of this kind. */
  static FileName parse(String name, String prefix) {
    if (!name.startsWith(prefix)) {
      return null;
    }
    String rest = name.substring(prefix.length());
    int dot = rest.indexOf('.');
    String hex = dot < 0 ? rest : rest.substring(0, dot);
    String suffix = dot < 0 ? "" : rest.substring(dot + 1);
    try {
      return new FileName(name, Long.parseLong(hex, 16), Codec.ofSuffix(suffix), suffix);
    } catch (NumberFormatException notAZxid) {
      return null;
    }
  }
}
