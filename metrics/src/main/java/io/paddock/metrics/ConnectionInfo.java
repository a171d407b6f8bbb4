package io.paddock.metrics;

import java.net.InetSocketAddress;

/**
 * One client connection as it stood when it was asked for. Times are milliseconds.
 *
 * @param remote the peer
 * @param secure whether it came to the port for TLS
 * @param interestOps 1 when the server reads from it, plus 4 when it waits to write to it
 * @param queued requests received and not answered yet
 * @param received packets received
 * @param sent packets sent
 * @param sessionId 0 while there is no session
 * @param lastOperation four letters of the last answered request, NA before the first
 * @param establishedMs wall-clock time of its beginning
 * @param timeoutMs of the session
 * @param lastCxid of the last answered request, -1 before the first
 * @param lastZxid in the last reply, -1 before the first
 * @param lastResponseMs when it was sent, on the monotonic clock; 0 before the first
 * @param lastLatencyMs of the last answered request
 * @param minLatencyMs 0 before the first
 * @param avgLatencyMs rounded down
 * @param maxLatencyMs 0 before the first
 */
public record ConnectionInfo(
    InetSocketAddress remote,
    boolean secure,
    int interestOps,
    long queued,
    long received,
    long sent,
    long sessionId,
    String lastOperation,
    long establishedMs,
    int timeoutMs,
    long lastCxid,
    long lastZxid,
    long lastResponseMs,
    long lastLatencyMs,
    long minLatencyMs,
    long avgLatencyMs,
    long maxLatencyMs) {

  /** The peer without its host name: {@code /10.1.2.3:40112}. */
  public String address() {
    return "/" + plainAddress();
  }

  /** The peer as {@code 10.1.2.3:40112}, an IPv6 one in brackets. */
  public String plainAddress() {
    String host = remote.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + remote.getPort();
  }
}
