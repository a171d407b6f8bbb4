package io.paddock.server;

/**
 * The session clock, in milliseconds.
 *
 * @param tickTimeMs the unit of expiry
 * @param minTimeoutMs the shortest timeout that a client is granted
 * @param maxTimeoutMs the longest one; not below the shortest
 * @param readOnlyModeEnabled readonlymode.enabled: no effect on a standalone server but that the
 *     four-letter word isro is allowed
 */
public record SessionConfig(
    int tickTimeMs, int minTimeoutMs, int maxTimeoutMs, boolean readOnlyModeEnabled) {}
