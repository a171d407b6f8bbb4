package io.paddock.dist;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * One task of the demo: a shell line that takes its time, and what it must print.
 *
 * @param title the part of the line that a person is shown
 * @param seconds how long it sleeps before it computes
 * @param expected its output
 */
record DemoJob(String title, double seconds, String expected) {
  private static final int DIGEST_BYTES = 8;

  /** {@code count} tasks of three kinds, whose outputs all differ. */
  static List<DemoJob> all(int count) {
    List<DemoJob> jobs = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      double seconds = 0.6 + (i * 7 % 10) / 10.0; // not all of a length
      jobs.add(
          switch (i % 3) {
            case 0 -> digest("paddock-" + i, seconds);
            case 1 -> sum(i * 1000L, seconds);
            default -> power(i, seconds);
          });
    }
    return jobs;
  }

  private static DemoJob sum(long last, double seconds) {
    String title = "seq " + last + " | awk '{s+=$1} END {print s}'";
    return new DemoJob(title, seconds, Long.toString(last * (last + 1) / 2));
  }

  private static DemoJob power(int exponent, double seconds) {
    String title = "echo $((1 << " + exponent + "))";
    return new DemoJob(title, seconds, BigInteger.TWO.pow(exponent).toString());
  }

  private static DemoJob digest(String text, double seconds) {
    String title = "printf " + text + " | sha256sum | cut -c1-" + 2 * DIGEST_BYTES;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return new DemoJob(title, seconds, HexFormat.of().formatHex(digest, 0, DIGEST_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The shell line. */
  String command() {
    return String.format(Locale.ROOT, "sleep %.1f; %s", seconds, title);
  }
}
