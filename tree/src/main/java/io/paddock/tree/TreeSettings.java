package io.paddock.tree;

/**
 * What a tree needs to know of the server's configuration.
 *
 * @param extendedTypesEnabled whether TTL znodes can be made, and owners that look like a TTL are
 *     one (client protocol sheet, section 6.3)
 * @param emulate353TtlNodes whether owners in the encoding of release 3.5.3 are a TTL too
 * @param hashSeed secret of this process, since names are chosen by strangers; two trees of one
 *     process may share it
 */
public record TreeSettings(
    boolean extendedTypesEnabled, boolean emulate353TtlNodes, long hashSeed) {
  /** No extended types; for tests, since its seed is known. */
  public static final TreeSettings DEFAULT = new TreeSettings(false, false, 0);
}
