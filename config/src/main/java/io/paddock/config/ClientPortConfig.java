package io.paddock.config;

import java.net.InetSocketAddress;

/**
 * Where clients connect, and how many may.
 *
 * @param host address to bind, or null for all of them
 * @param port TCP port; 0 takes any free one (Paddock's addition, for tests and embedding), -1 is
 *     none: clients have the one for TLS
 * @param backlog length of the accept queue; -1 leaves it to the system
 * @param perAddressMax connections from one IP address; 0 or less is no limit
 * @param connectionsMax connections altogether; 0 or less is no limit
 * @param tcpKeepAlive whether accepted sockets get SO_KEEPALIVE
 * @param firstFrameTimeoutMs how long a connection may stay without a session, milliseconds
 * @param bindRetry how long the address is tried
 */
public record ClientPortConfig(
    String host,
    int port,
    int backlog,
    int perAddressMax,
    int connectionsMax,
    boolean tcpKeepAlive,
    int firstFrameTimeoutMs,
    BindRetry bindRetry) {
  /** The same limits elsewhere. */
  public ClientPortConfig at(String otherHost, int otherPort) {
    return new ClientPortConfig(
        otherHost,
        otherPort,
        backlog,
        perAddressMax,
        connectionsMax,
        tcpKeepAlive,
        firstFrameTimeoutMs,
        bindRetry);
  }

  /** Whether there is one. */
  public boolean isOpen() {
    return port >= 0;
  }

  /** The address to bind, resolved now; an unresolvable host gives an unresolved address. */
  public InetSocketAddress bindAddress() {
    return host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }
}
