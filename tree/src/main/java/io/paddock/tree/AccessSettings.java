package io.paddock.tree;

import java.util.Optional;

/**
 * The configuration of access control (client protocol sheet, section 9).
 *
 * @param skipAcl everything is permitted
 * @param digest the scheme digest; empty when it is switched off
 */
public record AccessSettings(boolean skipAcl, Optional<DigestScheme> digest) {
  public static final AccessSettings DEFAULT =
      new AccessSettings(false, Optional.of(new DigestScheme("SHA1", Optional.empty())));
}
