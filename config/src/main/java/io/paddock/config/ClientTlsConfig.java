package io.paddock.config;

/**
 * TLS for clients.
 *
 * @param host address of the port that takes nothing else, or null for all of them
 * @param port that port; -1 for none, 0 takes any free one (Paddock's addition)
 * @param unified whether the plain client port takes TLS too
 * @param handshakesMax handshakes under way beyond which newcomers are turned away; -1 leaves it to
 *     the memory, and then those give way that have been silent for the longest
 * @param earlyDrop whether newcomers are turned away while the server serves nobody
 * @param tls stores, protocols, checks
 */
public record ClientTlsConfig(
    String host, int port, boolean unified, int handshakesMax, boolean earlyDrop, TlsConfig tls) {
  public boolean hasPort() {
    return port >= 0;
  }
}
