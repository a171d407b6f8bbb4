package io.paddock.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who a client can be, and whether that matters (client protocol sheet, section 9).
 *
 * @param skipAcl whether all permission checks are off
 * @param digestEnabled whether the scheme digest is there
 * @param digestAlgorithm name of the message digest of that scheme; java.security has it
 * @param superDigest {@code super:<base64>} of the user who may do everything
 * @param x509 whether the scheme x509 is there
 * @param x509SuperUser the subject that may do everything
 * @param sasl logins by SASL
 * @param required schemes one of which each client must have an identity of; empty for no need
 * @param ensembleNames by which clients may call the ensemble, an empty set for any; empty when the
 *     scheme ensemble is not there
 * @param providers classes of the user's own that judge further schemes
 */
public record AuthConfig(
    boolean skipAcl,
    boolean digestEnabled,
    String digestAlgorithm,
    Optional<String> superDigest,
    boolean x509,
    Optional<String> x509SuperUser,
    SaslConfig sasl,
    Set<String> required,
    Optional<Set<String>> ensembleNames,
    List<ProviderClass> providers) {
  public AuthConfig {
    required = Set.copyOf(required);
    providers = List.copyOf(providers);
  }

  /** Whether nobody is served who has not logged in by SASL. */
  public boolean onlySasl() {
    return required.equals(Set.of("sasl"));
  }
}
