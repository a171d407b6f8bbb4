package io.paddock.server;

import io.paddock.config.MemoryShares;
import io.paddock.config.ZooCfg;

/**
 * What a client loop puts up with.
 *
 * @param frameBytesMax the longest frame a client may send
 * @param unsentBytesMax replies and events a client may leave unread before it is cut off
 * @param firstFrameTimeoutMs how long a connection may stay without a session
 * @param pendingBytesMax of all requests on the loop that wait for their answer; beyond it no
 *     connection is read
 * @param gatheredBytesMax what is written before the sockets get it
 * @param lagItemsMax how far the loop may fall behind the feed before it gives up its clients
 * @param lagBytesMax the same in bytes
 * @param largeFromBytes requests of more bytes are large
 * @param largeBytesMax of all large requests in work, on all loops; one beyond is refused
 */
record ClientLoopLimits(
    int frameBytesMax,
    long unsentBytesMax,
    int firstFrameTimeoutMs,
    long pendingBytesMax,
    long gatheredBytesMax,
    int lagItemsMax,
    long lagBytesMax,
    int largeFromBytes,
    long largeBytesMax) {
  private static final long PENDING_BYTES_MAX = 64L << 20;
  private static final int LAG_ITEMS_MAX = 200_000;

  /** Of one of so many loops. */
  static ClientLoopLimits of(ZooCfg config, MemoryShares shares, int loops) {
    return new ClientLoopLimits(
        config.limits().frameBytesMax(),
        shares.clientUnsentBytesMax(),
        config.clientPort().firstFrameTimeoutMs(),
        Math.min(PENDING_BYTES_MAX, shares.pendingBytesMax() / loops),
        shares.gatheredBytesMax(),
        LAG_ITEMS_MAX,
        shares.feedBytesMax(),
        config.throttles().largeFromBytes(),
        config.throttles().largeBytesMax());
  }
}
