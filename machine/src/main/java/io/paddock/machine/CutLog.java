package io.paddock.machine;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Tells of connections that were cut for what they held: in one line however many they are, and
 * then not again for a while, until the rest is told in one line too. Any thread.
 */
public final class CutLog {
  static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Logger log;
  private final String rest;
  private final LongSupplier nanoTime;
  private boolean quiet;
  private long toldNanos;
  private int untold;
  private long untoldBytes;

  /**
   * @param rest what the later ones are, behind their number
   */
  public CutLog(Logger log, String rest, LongSupplier nanoTime) {
    this.log = log;
    this.rest = rest;
    this.nanoTime = nanoTime;
  }

  /** So many were cut, who held so much: {@code line} says so, unless it is too soon. */
  public synchronized void cut(int count, long bytes, String line) {
    lookAgain();
    if (quiet) {
      untold += count;
      untoldBytes += bytes;
    } else {
      quiet = true;
      toldNanos = nanoTime.getAsLong();
      log.warn(line);
    }
  }

  /** To be called now and then: tells what is to be told still. */
  public synchronized void lookAgain() {
    if (!quiet || nanoTime.getAsLong() - toldNanos < QUIET_NANOS) {
      return;
    }
    quiet = untold > 0;
    if (untold > 0) {
      toldNanos = nanoTime.getAsLong();
      log.warn("{} more {}; they held {}", untold, rest, text(untoldBytes));
      untold = 0;
      untoldBytes = 0;
    }
  }

  /** Bytes as people say them. */
  public static String text(long bytes) {
    return bytes >= 10 << 20 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
  }
}
