package io.paddock.config;

/**
 * Bounds on what clients and peers can make the server hold (client protocol sheet, section 11).
 * Where a bound is 0, {@link MemoryShares} says what it is.
 *
 * @param frameBytesMax jute.maxbuffer: the longest frame that is read, bytes
 * @param outstandingRequestsMax requests in work at which reading from sockets pauses
 * @param unsentBytesMax replies and events that all clients together may leave unread, bytes
 * @param requestBytesMax requests of all clients together, half here or in work, bytes
 * @param learnerUnsentBytesMax what all learners together may leave unread, bytes
 */
public record LimitsConfig(
    int frameBytesMax,
    int outstandingRequestsMax,
    long unsentBytesMax,
    long requestBytesMax,
    long learnerUnsentBytesMax) {}
