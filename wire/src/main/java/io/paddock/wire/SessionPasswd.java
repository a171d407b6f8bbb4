package io.paddock.wire;

import java.util.Arrays;
import java.util.Random;

/**
 * The password of a session: a function of its id, so that every server of an ensemble, Apache's
 * included, can verify it (client protocol sheet, section 2.3). It keeps honest clients apart; it
 * is no secret.
 */
public final class SessionPasswd {
  private static final long SALT = 0xB3415C00L;

  private SessionPasswd() {}

  /** The 16 bytes that belong to {@code sessionId}. */
  public static byte[] of(long sessionId) {
    byte[] passwd = new byte[ConnectResponse.PASSWD_BYTES];
    new Random(sessionId ^ SALT).nextBytes(passwd);
    return passwd;
  }

  /** Whether {@code passwd}, which may be null, belongs to {@code sessionId}. */
  public static boolean matches(long sessionId, byte[] passwd) {
    return sessionId != 0 && Arrays.equals(passwd, of(sessionId));
  }
}
