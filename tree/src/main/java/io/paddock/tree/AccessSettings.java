package io.paddock.tree;

import java.util.Optional;

/**
 * The configuration of access control (client protocol sheet, section 9).
 *
 * @param skipAcl everything is permitted
 * @param digest the scheme digest; empty when it is switched off
 * @param x509 the scheme x509; empty when there is no TLS for clients
 * @param sasl the scheme sasl
 */
public record AccessSettings(
    boolean skipAcl, Optional<DigestScheme> digest, Optional<X509Scheme> x509, SaslScheme sasl) {
  /** Without the schemes x509 and sasl. */
  public AccessSettings(boolean skipAcl, Optional<DigestScheme> digest) {
    this(skipAcl, digest, Optional.empty(), SaslScheme.NONE);
  }

  public static final AccessSettings DEFAULT =
      new AccessSettings(false, Optional.of(new DigestScheme("SHA1", Optional.empty())));
}
