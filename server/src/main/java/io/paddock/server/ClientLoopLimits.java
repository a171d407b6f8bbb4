package io.paddock.server;

/**
 * What a client loop puts up with.
 *
 * @param frameBytesMax the longest frame a client may send
 * @param unsentBytesMax replies and events a client may leave unread before it is cut off
 * @param firstFrameTimeoutMs how long a connection may stay without a session
 * @param pendingBytesMax of all requests on the loop that wait for their answer; beyond it no
 *     connection is read
 * @param lagItemsMax how far the loop may fall behind the feed before it gives up its clients
 */
record ClientLoopLimits(
    int frameBytesMax,
    long unsentBytesMax,
    int firstFrameTimeoutMs,
    long pendingBytesMax,
    int lagItemsMax) {
  private static final long PENDING_BYTES_MAX = 64L << 20;
  private static final long UNSENT_BYTES_MAX = 64L << 20;
  private static final int LAG_ITEMS_MAX = 200_000;

  static ClientLoopLimits of(ZooCfg config) {
    return new ClientLoopLimits(
        config.limits().frameBytesMax(),
        UNSENT_BYTES_MAX,
        config.clientPort().firstFrameTimeoutMs(),
        PENDING_BYTES_MAX,
        LAG_ITEMS_MAX);
  }
}
