package io.paddock.tree;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The text of a quota's limits and of its totals (client protocol sheet, section 10): {@code
 * count=<n>,bytes=<n>}, and perhaps {@code =} and {@code ;name=<n>} pairs sorted by name. What does
 * not parse counts as not set.
 */
final class Quotas {
  static final String ROOT = "/zookeeper/quota";
  static final String LIMITS = "zookeeper_limits";
  static final String STATS = "zookeeper_stats";

  private static final String COUNT = "count";
  private static final String BYTES = "bytes";
  private static final String COUNT_HARD = "countHardLimit";
  private static final String BYTES_HARD = "byteHardLimit";
  private static final long UNSET = -1;

  private final Map<String, Long> values = new TreeMap<>();

  private Quotas() {}

  static Quotas of(long count, long bytes) {
    Quotas quotas = new Quotas();
    quotas.values.put(COUNT, count);
    quotas.values.put(BYTES, bytes);
    return quotas;
  }

  static Quotas parse(byte[] text) {
    Quotas quotas = new Quotas();
    if (text != null) {
      for (String pair : new String(text, StandardCharsets.UTF_8).split("[,;]+")) {
        String[] parts = pair.split("=");
        if (parts.length >= 2) {
          quotas.values.put(parts[0], number(parts[1]));
        }
      }
    }
    return quotas;
  }

  /** Whether {@code path} is {@code name} somewhere below the quota znode. */
  static boolean isBookkeeping(String path, String name) {
    int slash = path.length() - name.length() - 1;
    return slash >= ROOT.length()
        && path.charAt(slash) == '/'
        && path.endsWith(name)
        && path.startsWith(ROOT)
        && path.charAt(ROOT.length()) == '/';
  }

  long count() {
    return values.getOrDefault(COUNT, UNSET);
  }

  long bytes() {
    return values.getOrDefault(BYTES, UNSET);
  }

  /** Of these limits the one on znodes: the hard one if there is one. */
  long countLimit() {
    long hard = values.getOrDefault(COUNT_HARD, UNSET);
    return hard > UNSET ? hard : count();
  }

  /** The same on bytes. */
  long bytesLimit() {
    long hard = values.getOrDefault(BYTES_HARD, UNSET);
    return hard > UNSET ? hard : bytes();
  }

  /** These totals with so many more. */
  Quotas plus(int countDiff, long bytesDiff) {
    values.put(COUNT, count() + countDiff);
    values.put(BYTES, bytes() + bytesDiff);
    return this;
  }

  /**
   * Whether totals that change by so much break one of these limits for good. As in Apache's server
   * also when they shrink, but not enough.
   */
  boolean refuses(Quotas totals, int countDiff, long bytesDiff) {
    return isOver(COUNT_HARD, totals.count() + countDiff, countDiff)
        || isOver(BYTES_HARD, totals.bytes() + bytesDiff, bytesDiff);
  }

  byte[] text() {
    StringBuilder text = new StringBuilder();
    text.append(COUNT).append('=').append(count());
    text.append(',').append(BYTES).append('=').append(bytes());
    boolean first = true;
    for (Map.Entry<String, Long> entry : values.entrySet()) {
      String name = entry.getKey();
      if (!name.equals(COUNT) && !name.equals(BYTES)) {
        text.append(first ? "=" : "");
        text.append(';').append(name).append('=').append(entry.getValue());
        first = false;
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private boolean isOver(String limitName, long total, long diff) {
    long limit = values.getOrDefault(limitName, UNSET);
    return diff != 0 && limit > UNSET && total > limit;
  }

  private static long number(String text) {
    try {
      return text.isEmpty() ? UNSET : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return UNSET;
    }
  }
}
