package io.paddock.server;

import java.util.Optional;

/**
 * Who a client can be, and whether that matters (client protocol sheet, section 9).
 *
 * @param skipAcl whether all permission checks are off
 * @param eagerAclCheck whether writes are checked once more before they are queued
 * @param digestEnabled whether the scheme digest is there
 * @param digestAlgorithm name of the message digest of that scheme, as java.security knows it
 * @param superDigest {@code super:<base64>} of the user who may do everything
 * @param ensembleProvider whether auth packets of the scheme ensemble are understood
 * @param ensembleName the names, separated by commas, that such a packet must hold one of
 */
public record AuthConfig(
    boolean skipAcl,
    boolean eagerAclCheck,
    boolean digestEnabled,
    String digestAlgorithm,
    Optional<String> superDigest,
    boolean ensembleProvider,
    Optional<String> ensembleName) {}
