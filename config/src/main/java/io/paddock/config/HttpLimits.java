package io.paddock.config;

/**
 * What an HTTP port puts up with; each of the ports has all of it for itself.
 *
 * @param idleTimeoutMs how long may take: the next request to begin, its head to come, its body to
 *     come, and each 64 KiB of the answer to leave
 * @param lineBytesMax the longest first line of a request
 * @param headerBytesMax all headers of a request
 * @param bodyBytesMax a longer body is not read: the connection is closed behind the answer
 * @param connectionsMax at a time; for one more, the one that has been without a request for
 *     longest gives way
 * @param perAddressMax the same for those of one address
 */
public record HttpLimits(
    int idleTimeoutMs,
    int lineBytesMax,
    int headerBytesMax,
    int bodyBytesMax,
    int connectionsMax,
    int perAddressMax) {}
