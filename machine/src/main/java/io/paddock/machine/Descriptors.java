package io.paddock.machine;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many of the process's file descriptors clients may take, so that the log, snapshots and peers
 * always find one: connections are refused before those are. The limit is asked for again now and
 * then, since it can be raised (and lowered) from outside. Any thread.
 */
public final class Descriptors {
  private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);

  private static final long LOOK_NANOS = 1_000_000_000L;
  private static final long SAY_NANOS = 60_000_000_000L;
  private static final int KEPT_MIN = 32;
  private static final int KEPT_MAX = 256;

  /** Below this it is worth a word at the start. */
  public static final long FEW = 1024;

  private final LongSupplier limits;
  private final long others;
  private final AtomicLong saidNanos = new AtomicLong(System.nanoTime() - SAY_NANOS);
  private volatile long lookedNanos;
  private volatile long limit;

  /**
   * @param limits what the process may have open; 0 or less for no limit
   * @param others what it has open without any client
   */
  public Descriptors(LongSupplier limits, long others) {
    this.limits = limits;
    this.others = others;
    look();
  }

  /** Of this process, as of now. */
  public static Descriptors ofProcess() {
    return new Descriptors(Descriptors::openFilesMax, openFiles());
  }

  /** Open file descriptors of the process; -1 where the system does not tell. */
  public static long openFiles() {
    return system() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : -1;
  }

  /** How many there may be; -1 where the system does not tell. */
  public static long openFilesMax() {
    return system() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : -1;
  }

  private static OperatingSystemMXBean system() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  }

  private void look() {
    limit = limits.getAsLong();
    lookedNanos = System.nanoTime();
  }

  /** So many clients fit beside everything else; at least one. */
  public int clientsMax() {
    if (System.nanoTime() - lookedNanos > LOOK_NANOS) {
      look();
    }
    return clientsMax(limit, others);
  }

  public static int clientsMax(long limit, long others) {
    if (limit <= 0) {
      return Integer.MAX_VALUE;
    }
    long kept = Math.max(KEPT_MIN, Math.min(KEPT_MAX, limit / 8));
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, limit - others - kept));
  }

  /** Says at the start that there is room for few. */
  public void sayIfFew() {
    if (limit > 0 && limit < FEW) {
      LOG.warn(
          "The process may have {} files and connections open: at most {} clients are let in; for more {}",
          limit,
          clientsMax(),
          Shortage.RAISE_DESCRIPTORS);
    }
  }

  /** A client was turned away for want of descriptors: said once a minute. */
  public void refused(int clients) {
    if (isTimeToSay()) {
      LOG.error(
          "Connections are refused: {} clients are connected, and the rest of the {} file descriptors is kept for the log,"
              + " snapshots and peers; {}",
          clients,
          limit,
          Shortage.RAISE_DESCRIPTORS);
    }
  }

  /** A connection could not be accepted at all: said once a minute. */
  void exhausted(String port, Throwable cause) {
    if (isTimeToSay()) {
      LOG.error(
          "Connections to {} wait, because there is no file descriptor left ({}); {}",
          port,
          cause.getMessage(),
          Shortage.RAISE_DESCRIPTORS);
    }
  }

  private boolean isTimeToSay() {
    long now = System.nanoTime();
    long said = saidNanos.get();
    return now - said >= SAY_NANOS && saidNanos.compareAndSet(said, now);
  }
}
