package io.paddock.machine;

import io.paddock.config.KerberosNames;
import java.util.function.Function;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;

/** What one client's SASL mechanism asks of the server. One thread at a time. */
final class SaslCallbacks implements CallbackHandler {
  private final Function<String, char[]> passwords;
  private final KerberosNames names;
  private String user;

  /**
   * @param passwords by user, a copy that may be overwritten; null for no such user
   * @param names how a name becomes an id
   */
  SaslCallbacks(Function<String, char[]> passwords, KerberosNames names) {
    this.passwords = passwords;
    this.names = names;
  }

  /** Who the client says it is; null when it has not said. */
  String user() {
    return user;
  }

  @Override
  public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    for (Callback callback : callbacks) {
      if (callback instanceof NameCallback name) {
        user = name.getDefaultName();
        name.setName(user);
      } else if (callback instanceof PasswordCallback password) {
        char[] known = user == null ? null : passwords.apply(user);
        if (known != null) {
          password.setPassword(known);
        }
      } else if (callback instanceof RealmCallback realm) {
        realm.setText(realm.getDefaultText());
      } else if (callback instanceof AuthorizeCallback authorize) {
        authorize(authorize);
      } else {
        throw new UnsupportedCallbackException(callback);
      }
    }
  }

  /**
   * Whoever a client wants to act for, it is who it has proven to be. Where no rule applies to its
   * name, it is that name as it stands: Apache's server takes whom the client wants to act for.
   */
  private void authorize(AuthorizeCallback authorize) {
    user = authorize.getAuthenticationID();
    authorize.setAuthorized(true);
    authorize.setAuthorizedID(names.id(user, SaslCallbacks::defaultRealm).orElse(user));
  }

  /** Empty for none, as with Apache's. */
  private static String defaultRealm() {
    try {
      String realm = new KerberosPrincipal("a").getRealm();
      return realm == null ? "" : realm;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
