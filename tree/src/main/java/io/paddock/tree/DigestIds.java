package io.paddock.tree;

import io.paddock.wire.Id;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Makes identities of the scheme digest: {@code user:base64(sha1(user:password))}. */
public final class DigestIds {
  static final String SCHEME = "digest";

  private DigestIds() {}

  /**
   * @param algorithm of {@link MessageDigest}
   * @param auth {@code user:password} in UTF-8
   * @throws IllegalArgumentException when there is no such algorithm
   */
  public static Id of(String algorithm, byte[] auth) {
    String text = new String(auth, StandardCharsets.UTF_8);
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    try {
      byte[] hash =
          MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
      return new Id(SCHEME, user + ":" + Base64.getEncoder().encodeToString(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalArgumentException("no message digest is called " + algorithm, e);
    }
  }
}
