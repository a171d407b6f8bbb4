package io.paddock.config;

/**
 * The sockets between members (quorum sheet, section 1.2). Immutable.
 *
 * @param cnxTimeoutMs how long a connection to a peer may take to come up
 * @param handshakeMs how long a caller at the election port may take to say who it is
 * @param bindRetry how long the election port is tried
 * @param tcpKeepAlive whether the sockets get SO_KEEPALIVE
 * @param listenOnAllIps whether both ports are bound to the wildcard address
 */
public record PeerConfig(
    int cnxTimeoutMs,
    long handshakeMs,
    BindRetry bindRetry,
    boolean tcpKeepAlive,
    boolean listenOnAllIps) {}
