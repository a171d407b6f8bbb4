package io.paddock.config;

import io.netty.util.internal.PlatformDependent;

/**
 * How much memory may wait for somebody slow: over all connections together, and for one of them.
 * The bounds are shares of the heap and of the direct memory that the virtual machine has, unless
 * the configuration says otherwise; so they hold with 64 MB as with 8 GB. All in bytes.
 *
 * @param unsentBytesMax replies and events that all clients together may leave unread
 * @param clientUnsentBytesMax the same of one client
 * @param heldRequestBytesMax requests of all clients together that have come in half
 * @param pendingBytesMax requests of all clients together that wait for their answer; beyond it no
 *     more is read
 * @param clientPendingBytesMax the same of one client
 * @param gatheredBytesMax what a client loop writes before it hands it to the sockets
 * @param learnersUnsentBytesMax what all learners together may leave unread
 * @param learnerUnsentBytesMax the same of one learner
 * @param learnersHeldBytesMax packets of all learners together that have come in half
 * @param journalBytesMax what may wait for the disk before no more is read
 * @param feedBytesMax how far a client loop may fall behind the feed before its connections are
 *     closed; at half of it no more is read
 * @param snapshotBytesMax what of a leader's snapshot may wait to become a tree
 * @param handshakesMax handshakes of TLS that may be under way; a number, not bytes
 */
public record MemoryShares(
    long unsentBytesMax,
    long clientUnsentBytesMax,
    long heldRequestBytesMax,
    long pendingBytesMax,
    long clientPendingBytesMax,
    long gatheredBytesMax,
    long learnersUnsentBytesMax,
    long learnerUnsentBytesMax,
    long learnersHeldBytesMax,
    long journalBytesMax,
    long feedBytesMax,
    long snapshotBytesMax,
    int handshakesMax) {
  /** With less nobody could be served. */
  private static final long CONFIGURED_BYTES_MIN = 1 << 20;

  private static final long CLIENT_UNSENT_BYTES_MAX = 64L << 20;
  private static final long CLIENT_PENDING_BYTES_MAX = 8L << 20;
  private static final long GATHERED_BYTES_MAX = 4L << 20;
  private static final long JOURNAL_BYTES_MAX = 64L << 20;
  private static final long SNAPSHOT_BYTES_MAX = 4L << 20;

  /** What one handshake under way takes: a read buffer, the state of the JDK's engine. */
  private static final long HANDSHAKE_BYTES = 64L << 10;

  private static final int HANDSHAKES_MIN = 64;
  private static final int HANDSHAKES_MAX = 10_000;

  /** The shares of this process. */
  public static MemoryShares of(LimitsConfig limits) {
    return of(limits, Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
  }

  /**
   * @param heapBytes how large the heap may become
   * @param directBytes how much direct memory there may be
   */
  public static MemoryShares of(LimitsConfig limits, long heapBytes, long directBytes) {
    // A queued buffer takes direct memory for its bytes, and heap for what it is.
    long both = Math.min(heapBytes, directBytes);
    long unsent = configured(limits.unsentBytesMax(), both / 4);
    long requests = configured(limits.requestBytesMax(), heapBytes / 4);
    long learners = configured(limits.learnerUnsentBytesMax(), both / 4);
    // Whoever lets frames be so long must have the memory for two.
    long twoFrames = Math.min(2L * limits.frameBytesMax(), heapBytes / 2);
    return new MemoryShares(
        unsent,
        Math.min(CLIENT_UNSENT_BYTES_MAX, unsent / 4),
        Math.max(requests / 2, twoFrames),
        requests / 2,
        Math.min(CLIENT_PENDING_BYTES_MAX, requests / 8),
        Math.min(GATHERED_BYTES_MAX, unsent / 8),
        learners,
        learners / 2,
        Math.max(heapBytes / 16, 2 * twoFrames),
        Math.min(JOURNAL_BYTES_MAX, heapBytes / 16),
        heapBytes / 8,
        Math.min(SNAPSHOT_BYTES_MAX, heapBytes / 32),
        (int) Math.max(HANDSHAKES_MIN, Math.min(HANDSHAKES_MAX, both / 8 / HANDSHAKE_BYTES)));
  }

  private static long configured(long bytes, long share) {
    return bytes > 0 ? Math.max(bytes, CONFIGURED_BYTES_MIN) : share;
  }

  /** The longest reply to a read. */
  public int replyBytesMax() {
    return (int) Math.min(Integer.MAX_VALUE, unsentBytesMax / 4);
  }
}
