package io.paddock.shell;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers for people. */
final class Readable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  private Readable() {}

  /** {@code 512 B}, {@code 1.5 KiB}, {@code 3.0 MiB}. */
  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    boolean mebi = bytes >= 1024 * 1024;
    double amount = bytes / (mebi ? 1024.0 * 1024 : 1024.0);
    return String.format(Locale.ROOT, "%.1f %s", amount, mebi ? "MiB" : "KiB");
  }

  /** Local time to the second. */
  static String time(long epochMillis) {
    return TIME.format(Instant.ofEpochMilli(epochMillis).atZone(ZoneId.systemDefault()));
  }

  /** {@code 2026-01-02 03:04:05 (3 min ago)}. */
  static String timeAndAge(long epochMillis, long nowMillis) {
    return time(epochMillis) + " (" + age(nowMillis - epochMillis) + " ago)";
  }

  /** In the largest unit that fits: s, min, h, days. */
  static String age(long millis) {
    long seconds = Math.max(0, millis / 1000);
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
  }
}
