package io.paddock.tree;

import java.util.Map;
import java.util.Optional;

/**
 * The configuration of access control (client protocol sheet, section 9).
 *
 * @param skipAcl everything is permitted
 * @param digest the scheme digest; empty when it is switched off
 * @param x509 the scheme x509; empty when there is no TLS for clients
 * @param sasl the scheme sasl
 * @param provided schemes that somebody else's code judges, by name; such a one goes before a
 *     scheme of ours with its name
 */
public record AccessSettings(
    boolean skipAcl,
    Optional<DigestScheme> digest,
    Optional<X509Scheme> x509,
    SaslScheme sasl,
    Map<String, ProvidedScheme> provided) {
  public AccessSettings {
    provided = Map.copyOf(provided);
  }

  /** Without schemes of others. */
  public AccessSettings(
      boolean skipAcl, Optional<DigestScheme> digest, Optional<X509Scheme> x509, SaslScheme sasl) {
    this(skipAcl, digest, x509, sasl, Map.of());
  }

  /** Without the schemes x509 and sasl. */
  public AccessSettings(boolean skipAcl, Optional<DigestScheme> digest) {
    this(skipAcl, digest, Optional.empty(), SaslScheme.NONE);
  }

  public static final AccessSettings DEFAULT =
      new AccessSettings(false, Optional.of(new DigestScheme("SHA1", Optional.empty())));
}
