package io.paddock.frontend;

/**
 * When writes wait on their way to the core, and which are then not done (operations sheet, section
 * 2.2).
 *
 * @param requestsMax so many may be in work, over all clients
 * @param dropStale whether stale ones are dropped, and their connections closed
 * @param staleByConnection whether those are stale whose connection has gone
 * @param staleByLatency whether those are stale that waited for longer than their session's timeout
 * @param opWaitNanosMax whatever waited longer is answered with THROTTLEDOP and not done; 0 for no
 *     such bound
 */
public record ThrottleRules(
    int requestsMax,
    boolean dropStale,
    boolean staleByConnection,
    boolean staleByLatency,
    long opWaitNanosMax) {}
