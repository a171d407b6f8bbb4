package io.paddock.server;

/**
 * Bounds on what clients can make the server hold (client protocol sheet, section 11).
 *
 * @param frameBytesMax jute.maxbuffer: the longest frame that is read, bytes
 * @param outstandingRequestsMax requests in work at which reading from sockets pauses
 * @param largeRequestBytes a request above this many bytes counts as large; -1 is off
 * @param largeRequestsBytesMax bytes of large requests in work at which one more closes its
 *     connection
 * @param requests throttle of requests
 * @param connections throttle of new sessions
 */
public record LimitsConfig(
    int frameBytesMax,
    int outstandingRequestsMax,
    int largeRequestBytes,
    int largeRequestsBytesMax,
    RequestThrottle requests,
    ConnectionThrottle connections) {

  /**
   * Request throttling.
   *
   * @param requestsMax requests in work at which further ones wait; 0 is off
   * @param stallMs longest wait, milliseconds
   * @param dropStale whether requests of dead connections are dropped while they wait
   * @param staleConnectionCheck whether a request of a closed connection is stale
   * @param staleLatencyCheck whether a request older than its session's timeout is stale
   * @param opWaitMs wait in milliseconds after which an operation is answered THROTTLEDOP; 0 is off
   */
  public record RequestThrottle(
      int requestsMax,
      int stallMs,
      boolean dropStale,
      boolean staleConnectionCheck,
      boolean staleLatencyCheck,
      int opWaitMs) {}

  /**
   * A token bucket with random early drop in front of ConnectRequest.
   *
   * @param tokens size of the bucket; 0 is off
   * @param fillTimeMs milliseconds between two fills
   * @param fillCount tokens a fill adds
   * @param freezeTimeMs least milliseconds between two changes of the drop probability; -1 is no
   *     early drop
   * @param dropIncrease what the drop probability rises by
   * @param dropDecrease what it falls by
   * @param decreaseRatio share of the bucket that must be free for it to fall
   * @param weightEnabled whether kinds of sessions take different numbers of tokens
   * @param globalWeight tokens of a new session
   * @param localWeight tokens of a new local session
   * @param renewWeight tokens of a reconnecting one
   */
  public record ConnectionThrottle(
      int tokens,
      int fillTimeMs,
      int fillCount,
      int freezeTimeMs,
      double dropIncrease,
      double dropDecrease,
      double decreaseRatio,
      boolean weightEnabled,
      int globalWeight,
      int localWeight,
      int renewWeight) {}
}
