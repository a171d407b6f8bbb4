package io.paddock.machine;

import io.paddock.frontend.SaslAnswer;
import java.security.PrivilegedActionException;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of one client's SASL login. It may take long: names are looked up, and a log of
 * tickets is read. One thread at a time.
 */
public final class SaslAttempt {
  private static final Logger LOG = LoggerFactory.getLogger(SaslAttempt.class);

  /** As Apache's server calls itself, which clients take for granted. */
  private static final String DIGEST_PROTOCOL = "zookeeper";

  private static final String DIGEST_SERVER = "zk-sasl-md5";

  private final SaslLogin login;
  private final SaslCallbacks callbacks;

  /** Null before the first token. */
  private SaslServer server;

  private boolean failed;

  SaslAttempt(SaslLogin login) {
    this.login = login;
    this.callbacks = login.newCallbacks();
  }

  /** Judges the client's next token. */
  public SaslAnswer judge(byte[] token) {
    try {
      if (failed) {
        throw new SaslException("at illegal state");
      }
      if (server == null) {
        server = newServer();
      }
      byte[] answer = server.evaluateResponse(token);
      return server.isComplete()
          ? SaslAnswer.done(answer, server.getAuthorizationID())
          : SaslAnswer.challenge(answer);
    } catch (SaslException | RuntimeException e) {
      // Not only what it declares: the mechanisms of the JDK were written for honest clients.
      failed = true;
      LOG.debug("A SASL login failed", e);
      return SaslAnswer.failed(SaslWords.ofClient(e, callbacks.user()));
    }
  }

  private SaslServer newServer() throws SaslException {
    KerberosLogin kerberos = login.kerberos();
    if (kerberos == null) {
      if (login.refusesDigest()) {
        throw new SaslException("DIGEST-MD5 is refused in FIPS mode: see fips-mode");
      }
      return known(
          Sasl.createSaslServer("DIGEST-MD5", DIGEST_PROTOCOL, DIGEST_SERVER, Map.of(), callbacks));
    }
    try {
      return known(
          Subject.doAs(
              kerberos.subject(),
              (java.security.PrivilegedExceptionAction<SaslServer>)
                  () ->
                      Sasl.createSaslServer(
                          "GSSAPI", kerberos.service(), kerberos.host(), Map.of(), callbacks)));
    } catch (PrivilegedActionException e) {
      throw (SaslException) e.getCause();
    }
  }

  private static SaslServer known(SaslServer server) throws SaslException {
    if (server == null) {
      throw new SaslException("this Java knows no such mechanism");
    }
    return server;
  }
}
