package io.paddock.config;

import java.util.Optional;

/**
 * Who a client can be, and whether that matters (client protocol sheet, section 9).
 *
 * @param skipAcl whether all permission checks are off
 * @param digestEnabled whether the scheme digest is there
 * @param digestAlgorithm name of the message digest of that scheme; java.security has it
 * @param superDigest {@code super:<base64>} of the user who may do everything
 * @param x509 whether the scheme x509 is there
 * @param x509SuperUser the subject that may do everything
 */
public record AuthConfig(
    boolean skipAcl,
    boolean digestEnabled,
    String digestAlgorithm,
    Optional<String> superDigest,
    boolean x509,
    Optional<String> x509SuperUser) {}
