package io.paddock.frontend;

/**
 * What one connection may ask for, and what it may hold here.
 *
 * @param outstandingMax requests of one connection that wait for an answer; beyond it the
 *     connection is not read
 * @param outstandingBytesMax the same in bytes of frames
 * @param replyBytesMax the longest reply to a read: with more it is refused with MARSHALLINGERROR,
 *     since one request of a megabyte can ask for many gigabytes
 * @param sessionTimeoutMsMin the shortest session timeout that is agreed
 * @param sessionTimeoutMsMax the longest session timeout that is agreed
 */
public record Limits(
    int outstandingMax,
    int outstandingBytesMax,
    int replyBytesMax,
    int sessionTimeoutMsMin,
    int sessionTimeoutMsMax) {
  /**
   * The bounds for a tick: timeouts between 2 and 20 ticks (client protocol sheet, section 2.2).
   *
   * @param tickMs a tick in milliseconds
   */
  public static Limits of(int tickMs) {
    return new Limits(1000, 8 << 20, Integer.MAX_VALUE, 2 * tickMs, 20 * tickMs);
  }

  /** The same with other session timeouts, in milliseconds. */
  public Limits withTimeouts(int minMs, int maxMs) {
    return new Limits(outstandingMax, outstandingBytesMax, replyBytesMax, minMs, maxMs);
  }

  /** The same with other bounds on the bytes that one connection makes the server hold. */
  public Limits withBytes(int outstandingMax, int replyMax) {
    return new Limits(
        this.outstandingMax, outstandingMax, replyMax, sessionTimeoutMsMin, sessionTimeoutMsMax);
  }

  /** The session timeout that is agreed when a client asks for {@code wantedMs}. */
  int clampTimeoutMs(int wantedMs) {
    return Math.min(Math.max(wantedMs, sessionTimeoutMsMin), sessionTimeoutMsMax);
  }
}
