package io.paddock.server;

/**
 * Bounds on what clients can make the server hold (client protocol sheet, section 11).
 *
 * @param frameBytesMax jute.maxbuffer: the longest frame that is read, bytes
 * @param outstandingRequestsMax requests in work at which reading from sockets pauses
 */
public record LimitsConfig(int frameBytesMax, int outstandingRequestsMax) {}
