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

  private long reads = NONE;
  private long writes = NONE;
  private long bytes = NONE;
  private final RateBucket readBucket;
  private final RateBucket writeBucket;
  private final RateBucket byteBucket;

  /**
   * @param key names the buckets
   * @param text what the znode holds; pairs that say no number above 0 are passed over
   */
  RateRule(String key, byte[] text, Function<String, RateBucket> buckets) {
    for (String pair : new String(text, StandardCharsets.UTF_8).split("[,;\\s]+")) {
      String[] parts = pair.split("=", 2);
      long number = parts.length == 2 ? number(parts[1]) : NONE;
      switch (parts[0].toLowerCase(Locale.ROOT)) {
        case "reads" -> reads = number;
        case "writes" -> writes = number;
        case "bytes" -> bytes = number;
        default -> {
          // Somebody else's.
        }
      }
    }
    readBucket = reads == NONE ? null : buckets.apply(key + " reads");
    writeBucket = writes == NONE ? null : buckets.apply(key + " writes");
    byteBucket = bytes == NONE ? null : buckets.apply(key + " bytes");
  }

  private static long number(String text) {
    try {
      long number = Long.parseLong(text);
      return number > 0 ? number : NONE;
    } catch (NumberFormatException e) {
      return NONE;
    }
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
