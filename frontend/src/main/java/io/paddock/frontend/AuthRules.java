package io.paddock.frontend;

import io.paddock.wire.Id;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What clients must have proven before they are served, and how they prove it where an {@link
 * io.paddock.tree.AccessControl} alone does not tell (security sheet, sections 7 and 10).
 * Immutable.
 *
 * @param sasl where SASL tokens are judged; null when there is no SASL login
 * @param others where auth packets of schemes that are not ours are judged; null for none
 * @param keepsSaslFailed whether a connection whose SASL login has failed is kept
 * @param required schemes one of which each client must have an identity of; empty for no need
 * @param ensembleNames by which clients may call the ensemble, an empty set for any; empty when the
 *     scheme ensemble is not known
 */
public record AuthRules(
    SaslPort sasl,
    AuthPort others,
    boolean keepsSaslFailed,
    Set<String> required,
    Optional<Set<String>> ensembleNames) {
  private static final String SASL = "sasl";

  /** No SASL, and nobody has to prove anything. */
  public static final AuthRules NONE = new AuthRules(null, null, false, Set.of(), Optional.empty());

  public AuthRules {
    required = Set.copyOf(required);
  }

  /** The same with tokens judged there. */
  public AuthRules with(SaslPort port) {
    return new AuthRules(port, others, keepsSaslFailed, required, ensembleNames);
  }

  /** The same with auth packets of further schemes judged there. */
  public AuthRules with(AuthPort port) {
    return new AuthRules(sasl, port, keepsSaslFailed, required, ensembleNames);
  }

  /** Whether auth packets of this scheme are judged by {@link #others}. */
  boolean isJudgedByOthers(String scheme) {
    return others != null && scheme != null && others.schemes().contains(scheme);
  }

  /** Whether somebody with these identities may not be served. */
  boolean refuses(List<Id> ids) {
    if (required.isEmpty()) {
      return false;
    }
    for (int i = 0; i < ids.size(); i++) {
      if (required.contains(ids.get(i).scheme())) {
        return false;
      }
    }
    return true;
  }

  /** What a client hears whose SASL login has failed. */
  Pending.Outcome saslFailed() {
    if (required.contains(SASL)) {
      return Pending.Outcome.SASL_REQUIRED;
    }
    return keepsSaslFailed ? Pending.Outcome.SASL_NONE : Pending.Outcome.SASL_FAILED;
  }
}
