package io.paddock.config;

/**
 * The session clock, in milliseconds.
 *
 * @param tickTimeMs the unit of expiry
 * @param minTimeoutMs the shortest timeout that a client is granted
 * @param maxTimeoutMs the longest one; not below the shortest
 * @param readOnlyModeEnabled readonlymode.enabled: a member of an ensemble that has no leader
 *     serves read-only clients; the four-letter word isro is allowed
 * @param localSessionsEnabled whether sessions of a member of an ensemble are its own until they
 *     make an ephemeral znode
 * @param localSessionsUpgradingEnabled whether they may
 * @param keepClients paddock.keepClients: whether the connections of a member's clients outlive its
 *     leader
 */
public record SessionConfig(
    int tickTimeMs,
    int minTimeoutMs,
    int maxTimeoutMs,
    boolean readOnlyModeEnabled,
    boolean localSessionsEnabled,
    boolean localSessionsUpgradingEnabled,
    boolean keepClients) {}
