package io.paddock.tree;

import java.util.Optional;

/**
 * How identities of the scheme digest are made.
 *
 * @param algorithm a {@link java.security.MessageDigest} name, normally SHA1
 * @param superUser {@code super:<digest>} that makes a super user
 */
public record DigestScheme(String algorithm, Optional<String> superUser) {}
