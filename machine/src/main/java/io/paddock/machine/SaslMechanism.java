package io.paddock.machine;

import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.CallbackHandler;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;

/** Makes Java's side of a login that somebody begins here. */
final class SaslMechanism {
  static final String DIGEST = "DIGEST-MD5";
  static final String KERBEROS = "GSSAPI";

  private SaslMechanism() {}

  /** By passwords; both ends take for granted what the server calls itself. */
  static SaslServer digest(boolean fips, String protocol, String server, CallbackHandler callbacks)
      throws SaslException {
    if (fips) {
      throw new SaslException("DIGEST-MD5 is refused in FIPS mode: see fips-mode");
    }
    return known(Sasl.createSaslServer(DIGEST, protocol, server, Map.of(), callbacks));
  }

  /** By tickets for the principal that has logged in here. */
  static SaslServer kerberos(KerberosLogin login, CallbackHandler callbacks) throws SaslException {
    return known(
        as(
            login.subject(),
            () ->
                Sasl.createSaslServer(
                    KERBEROS, login.service(), login.host(), Map.of(), callbacks)));
  }

  /** With the keys and tickets of a login. */
  static <T> T as(Subject subject, PrivilegedExceptionAction<T> action) throws SaslException {
    try {
      return Subject.doAs(subject, action);
    } catch (PrivilegedActionException e) {
      throw (SaslException) e.getCause();
    }
  }

  static <T> T known(T mechanism) throws SaslException {
    if (mechanism == null) {
      throw new SaslException("this Java knows no such mechanism");
    }
    return mechanism;
  }
}
