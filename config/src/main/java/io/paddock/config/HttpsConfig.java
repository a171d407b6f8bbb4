package io.paddock.config;

/**
 * TLS of an HTTP port.
 *
 * @param prefix of the keys that its stores have
 * @param tls stores, protocols, and whether who asks must show a certificate
 * @param takesPlain whether the same port serves plain HTTP as well
 */
public record HttpsConfig(String prefix, TlsConfig tls, boolean takesPlain) {}
