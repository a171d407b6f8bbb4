package io.paddock.tree;

/**
 * What a tree needs to know of the server's configuration.
 *
 * @param hashSeed secret of this process, since names are chosen by strangers; two trees of one
 *     process may share it
 */
public record TreeSettings(ExtendedTypes extendedTypes, long hashSeed) {
  /** Whether there are TTL znodes (client protocol sheet, section 6.3). */
  public enum ExtendedTypes {
    /** None can be made, and an owner that looks like a time to live is a session. */
    OFF,
    ON,
    /** Owners in the encoding of release 3.5.3 are a time to live too. */
    ON_WITH_353
  }

  /** No extended types; for tests, since its seed is known. */
  public static final TreeSettings DEFAULT = new TreeSettings(ExtendedTypes.OFF, 0);

  boolean hasExtendedTypes() {
    return extendedTypes != ExtendedTypes.OFF;
  }
}
