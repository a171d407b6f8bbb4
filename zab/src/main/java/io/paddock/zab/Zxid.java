package io.paddock.zab;

/**
 * The arithmetic of transaction ids: epoch in the high 32 bits, counter in the low ones (quorum
 * sheet, head).
 */
public final class Zxid {
  private static final long COUNTER_MASK = 0xffffffffL;

  private Zxid() {}

  public static long of(long epoch, long counter) {
    return epoch << 32 | counter & COUNTER_MASK;
  }

  public static long epoch(long zxid) {
    return zxid >> 32;
  }

  public static long counter(long zxid) {
    return zxid & COUNTER_MASK;
  }

  /** As people read it: hexadecimal. */
  static String text(long zxid) {
    return "0x" + Long.toHexString(zxid);
  }
}
