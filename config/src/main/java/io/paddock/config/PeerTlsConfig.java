package io.paddock.config;

/**
 * TLS between servers (security sheet, section 6). Its stores are those of AdminServer's HTTPS,
 * too, so it is there whether servers speak TLS or not.
 *
 * @param sslQuorum whether this server dials its peers by TLS and takes it at its own ports
 * @param portUnification whether those ports take TLS and plain text
 * @param detectionMs how long the first bytes of a connection may take that tell the two apart
 * @param tls stores, protocols, checks, by the keys with {@link #PREFIX}
 */
public record PeerTlsConfig(
    boolean sslQuorum, boolean portUnification, int detectionMs, TlsConfig tls) {
  public static final String PREFIX = "ssl.quorum.";

  /** Whether the ports for peers take TLS, alone or among others. */
  public boolean takesTls() {
    return sslQuorum || portUnification;
  }

  /** Whether they take plain text. */
  public boolean takesPlain() {
    return !sslQuorum || portUnification;
  }
}
