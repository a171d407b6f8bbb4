package io.paddock.tree;

/**
 * The configuration of access control (client protocol sheet, section 9).
 *
 * @param skipAcl everything is permitted
 * @param digestEnabled whether the scheme digest is known
 * @param digestAlgorithm a {@link java.security.MessageDigest} name, normally SHA1
 * @param superDigest {@code super:<digest>} that makes a super user; null for none
 * @param x509Registered whether the scheme x509 is known
 * @param x509SuperUser subject that is a super user; null for none
 * @param saslRegistered whether the scheme sasl is known
 * @param anySaslUserMayDoAs id of {@code letAnySaslUserDoX}; null for none
 */
public record AccessSettings(
    boolean skipAcl,
    boolean digestEnabled,
    String digestAlgorithm,
    String superDigest,
    boolean x509Registered,
    String x509SuperUser,
    boolean saslRegistered,
    String anySaslUserMayDoAs) {
  public static final AccessSettings DEFAULT =
      new AccessSettings(false, true, "SHA1", null, false, null, false, null);
}
