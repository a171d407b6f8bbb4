package io.paddock.tree;

import java.util.Optional;

/**
 * The configuration of access control (client protocol sheet, section 9).
 *
 * @param skipAcl everything is permitted
 * @param digest the scheme digest; empty when it is switched off
 * @param x509 the scheme x509; empty when there is no TLS for clients
 */
public record AccessSettings(
    boolean skipAcl, Optional<DigestScheme> digest, Optional<X509Scheme> x509) {
  /** Without the scheme x509. */
  public AccessSettings(boolean skipAcl, Optional<DigestScheme> digest) {
    this(skipAcl, digest, Optional.empty());
  }

  public static final AccessSettings DEFAULT =
      new AccessSettings(false, Optional.of(new DigestScheme("SHA1", Optional.empty())));
}
