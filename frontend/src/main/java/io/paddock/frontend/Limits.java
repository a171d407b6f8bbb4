package io.paddock.frontend;

/**
 * What one connection may ask for, and what it may hold here.
 *
 * @param outstandingMax requests of one connection that wait for an answer; beyond it the
 *     connection is not read
 * @param outstandingBytesMax the same in bytes of frames
 * @param sessionTimeoutMsMin the shortest session timeout that is agreed
 * @param sessionTimeoutMsMax the longest session timeout that is agreed
 */
public record Limits(
    int outstandingMax, int outstandingBytesMax, int sessionTimeoutMsMin, int sessionTimeoutMsMax) {
  /**
   * The bounds for a tick: timeouts between 2 and 20 ticks (client protocol sheet, section 2.2).
   *
   * @param tickMs a tick in milliseconds
   */
  public static Limits of(int tickMs) {
    return new Limits(1000, 8 << 20, 2 * tickMs, 20 * tickMs);
  }

  /** The same with other session timeouts, in milliseconds. */
  public Limits withTimeouts(int minMs, int maxMs) {
    return new Limits(outstandingMax, outstandingBytesMax, minMs, maxMs);
  }

  /** The session timeout that is agreed when a client asks for {@code wantedMs}. */
  int clampTimeoutMs(int wantedMs) {
    return Math.min(Math.max(wantedMs, sessionTimeoutMsMin), sessionTimeoutMsMax);
  }
}
