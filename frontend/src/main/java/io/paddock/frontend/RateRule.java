package io.paddock.frontend;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;

/**
 * What of one subtree, or of one user, may be done in a second: {@code
 * reads=1000,writes=100,bytes=1048576}; what is not named has no bound.
 */
final class RateRule {
  private static final long NONE = Long.MAX_VALUE;
  private static final int SHOWN_CHARS_MAX = 60;

  private long reads = NONE;
  private long writes = NONE;
  private long bytes = NONE;
  private final RateBucket readBucket;
  private final RateBucket writeBucket;
  private final RateBucket byteBucket;

  /**
   * @param key names the buckets
   * @param text what the znode holds
   * @throws IllegalArgumentException saying which pair cannot be read, and why
   */
  RateRule(String key, byte[] text, Function<String, RateBucket> buckets) {
    for (String pair : new String(text, StandardCharsets.UTF_8).strip().split("[,;\\s]+")) {
      if (pair.isEmpty()) {
        continue;
      }
      String[] parts = pair.split("=", 2);
      switch (parts[0].toLowerCase(Locale.ROOT)) {
        case "reads" -> reads = number(pair, parts);
        case "writes" -> writes = number(pair, parts);
        case "bytes" -> bytes = number(pair, parts);
        default ->
            throw new IllegalArgumentException(
                cut(pair) + ": reads=, writes= and bytes= are known");
      }
    }
    readBucket = reads == NONE ? null : buckets.apply(key + " reads");
    writeBucket = writes == NONE ? null : buckets.apply(key + " writes");
    byteBucket = bytes == NONE ? null : buckets.apply(key + " bytes");
  }

  private static long number(String pair, String[] parts) {
    try {
      long number = parts.length == 2 ? Long.parseLong(parts[1]) : 0;
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(cut(pair) + ": needs a whole number above 0");
  }

  /** Whoever may write the znode decides what is quoted, and not how long the line gets. */
  private static String cut(String pair) {
    return pair.length() <= SHOWN_CHARS_MAX ? pair : pair.substring(0, SHOWN_CHARS_MAX) + "...";
  }

  boolean isEmpty() {
    return readBucket == null && writeBucket == null && byteBucket == null;
  }

  /** Charges one read or write; how long its client has to wait before the next. */
  long charge(boolean write, long size, long nowNanos) {
    long delay = 0;
    if (write && writeBucket != null) {
      delay = writeBucket.charge(1, writes, nowNanos);
    } else if (!write && readBucket != null) {
      delay = readBucket.charge(1, reads, nowNanos);
    }
    if (byteBucket != null) {
      delay = Math.max(delay, byteBucket.charge(size, bytes, nowNanos));
    }
    return delay;
  }
}
