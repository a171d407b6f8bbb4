package io.paddock.frontend;

/**
 * What becomes of a SASL token.
 *
 * @param token for the client; null for none
 * @param user who the client has proven to be by it; null while that is open
 * @param failure why it has failed, for the log; null when it has not
 */
public record SaslAnswer(byte[] token, String user, String failure) {
  /** The talk goes on. */
  public static SaslAnswer challenge(byte[] token) {
    return new SaslAnswer(token, null, null);
  }

  /** It has come to its end: the client is this user. */
  public static SaslAnswer done(byte[] token, String user) {
    return new SaslAnswer(token, user, null);
  }

  public static SaslAnswer failed(String why) {
    return new SaslAnswer(null, null, why);
  }
}
