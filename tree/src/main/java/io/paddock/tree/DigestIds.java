package io.paddock.tree;

import io.paddock.wire.Id;

/** Makes identities of the scheme digest: {@code user:base64(sha1(user:password))}. */
public final class DigestIds {
  private DigestIds() {}

  /**
   * @param auth {@code user:password} in UTF-8
   */
  public static Id of(String algorithm, byte[] auth) {
    throw new UnsupportedOperationException();
  }
}
