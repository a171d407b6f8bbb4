package io.paddock.machine;

import io.paddock.frontend.SaslAnswer;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server's side of one login at a peer that it has dialled. It may take long: a KDC is asked.
 * One thread at a time.
 */
public final class PeerDialLogin {
  private static final Logger LOG = LoggerFactory.getLogger(PeerDialLogin.class);

  private final String user;

  /** Null with Kerberos. */
  private final String password;

  /** Null with DIGEST-MD5. */
  private final Subject subject;

  private final String service;
  private final String host;

  /** Null before the first token. */
  private SaslClient client;

  /** The JDK's mechanisms call a login complete that has failed at its last step. */
  private boolean failed;

  private PeerDialLogin(
      String user, String password, Subject subject, String service, String host) {
    this.user = user;
    this.password = password;
    this.subject = subject;
    this.service = service;
    this.host = host;
  }

  static PeerDialLogin digest(String user, String password) {
    return new PeerDialLogin(
        user, password, null, PeerLogins.DIGEST_PROTOCOL, PeerLogins.DIGEST_SERVER);
  }

  static PeerDialLogin kerberos(KerberosLogin login, String service, String host) {
    return new PeerDialLogin(login.principal(), null, login.subject(), service, host);
  }

  /** What comes first, before the peer has said anything: maybe nothing in particular. */
  public SaslAnswer begin() {
    return safely(
        () -> {
          client = SaslMechanism.known(make());
          return client.hasInitialResponse() ? evaluate(new byte[0]) : new byte[0];
        });
  }

  /**
   * Takes what the peer says.
   *
   * @param last whether it says that this server is let in
   * @return failed too when it lets this server in without having proven what it must
   */
  public SaslAnswer answer(byte[] challenge, boolean last) {
    return safely(
        () -> {
          if (client.isComplete()) {
            if (last) {
              return null;
            }
            throw new SaslException("it goes on with a login that has come to its end");
          }
          byte[] token = evaluate(challenge);
          if (last && (token != null || !client.isComplete())) {
            throw new SaslException("it lets this server in before the login is at its end");
          }
          return token;
        });
  }

  private SaslClient make() throws SaslException {
    if (subject == null) {
      return Sasl.createSaslClient(
          new String[] {SaslMechanism.DIGEST}, user, service, host, Map.of(), this::handle);
    }
    return SaslMechanism.as(
        subject,
        () ->
            Sasl.createSaslClient(
                new String[] {SaslMechanism.KERBEROS},
                user,
                service,
                host,
                Map.of(),
                this::handle));
  }

  private byte[] evaluate(byte[] challenge) throws SaslException {
    return subject == null
        ? client.evaluateChallenge(challenge)
        : SaslMechanism.as(subject, () -> client.evaluateChallenge(challenge));
  }

  private void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    for (Callback callback : callbacks) {
      if (callback instanceof NameCallback name) {
        name.setName(user);
      } else if (callback instanceof PasswordCallback asked && password != null) {
        asked.setPassword(password.toCharArray());
      } else if (callback instanceof RealmCallback realm) {
        realm.setText(realm.getDefaultText());
      } else {
        throw new UnsupportedCallbackException(callback);
      }
    }
  }

  private interface Step {
    byte[] run() throws SaslException;
  }

  private SaslAnswer safely(Step step) {
    try {
      if (failed) {
        throw new SaslException("it goes on with a login that has failed");
      }
      byte[] token = step.run();
      return SaslAnswer.challenge(token);
    } catch (SaslException | RuntimeException e) {
      // Not only what it declares: what comes may be anybody's.
      failed = true;
      LOG.debug("A SASL login at a peer failed", e);
      return SaslAnswer.failed(
          SaslWords.ofDialled(e, subject == null ? Optional.empty() : asked()));
    }
  }

  private Optional<String> asked() {
    return Optional.of(service + "/" + host);
  }
}
