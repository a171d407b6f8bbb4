package io.paddock.tree;

import java.util.Optional;

/**
 * How identities of the scheme x509, which are the subjects of certificates, are judged.
 *
 * @param superUser the subject that may do everything
 */
public record X509Scheme(Optional<String> superUser) {}
