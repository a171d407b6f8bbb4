package io.paddock.config;

import java.util.List;
import java.util.Optional;

/**
 * TLS by the keys of one prefix, {@code ssl.} for clients, {@code ssl.quorum.} for servers
 * (security sheet, section 2). What the files hold is not looked at here.
 *
 * @param keyStore this server's key and certificates
 * @param trustStore whom it believes; empty for those whom the JVM does
 * @param protocol what the JVM speaks by this name is spoken where {@code protocols} is empty;
 *     empty for what the provider likes
 * @param protocols that are spoken; empty for those that the provider likes
 * @param ciphers suites that are spoken; empty for those that the provider likes
 * @param contextSupplier class that makes the context instead; empty for none
 * @param hostnameVerification whether a certificate must name the host that was dialled
 * @param clientHostnameVerification whether a client's certificate must name where it comes from
 * @param reverseDnsLookup whether names of addresses may be looked up for that
 * @param crl whether revocation lists are asked
 * @param ocsp whether revocation is asked of the issuer
 * @param clientAuth whether clients show certificates
 * @param provider who does the work
 * @param fips whether names are checked by the JVM's own code only
 */
public record TlsConfig(
    Optional<StoreConfig> keyStore,
    Optional<StoreConfig> trustStore,
    String protocol,
    List<String> protocols,
    List<String> ciphers,
    Optional<String> contextSupplier,
    boolean hostnameVerification,
    boolean clientHostnameVerification,
    boolean reverseDnsLookup,
    boolean crl,
    boolean ocsp,
    ClientAuth clientAuth,
    Provider provider,
    boolean fips) {
  /** What is asked of the other end. */
  public enum ClientAuth {
    /** Nothing. */
    NONE,
    /** Its certificate, if it has one. */
    WANT,
    /** Its certificate. */
    NEED
  }

  /** Whose TLS it is. */
  public enum Provider {
    JDK,
    OPENSSL,
    OPENSSL_REFCNT
  }

  /** The same for an HTTP port: where a certificate comes from means nothing there. */
  TlsConfig forHttp(ClientAuth auth) {
    return new TlsConfig(
        keyStore,
        trustStore,
        "",
        protocols,
        ciphers,
        contextSupplier,
        hostnameVerification,
        false,
        false,
        crl,
        ocsp,
        auth,
        provider,
        fips);
  }

  /** Whether certificates may have been revoked, which only others know. */
  public boolean asksForRevocation() {
    return crl || ocsp;
  }
}
