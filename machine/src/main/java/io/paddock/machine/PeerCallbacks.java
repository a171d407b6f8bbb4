package io.paddock.machine;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;

/**
 * What the SASL mechanism of one peer's login asks of the server it logs in to. One thread at a
 * time.
 */
final class PeerCallbacks implements CallbackHandler {
  private static final Pattern PRINCIPAL = Pattern.compile("[^/@]+/([^/@]+)@[^/@]+");

  private final Map<String, String> passwords;
  private final Set<String> hosts;
  private final boolean digest;
  private String user;
  private String refusal;

  /**
   * @param hosts of the server lines, in small letters
   * @param digest whether a password is all that has to be proven
   */
  PeerCallbacks(Map<String, String> passwords, Set<String> hosts, boolean digest) {
    this.passwords = passwords;
    this.hosts = hosts;
    this.digest = digest;
  }

  /** Why the login failed. */
  String words(Throwable failure) {
    return refusal != null ? refusal : SaslWords.ofClient(failure, user);
  }

  @Override
  public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    for (Callback callback : callbacks) {
      if (callback instanceof NameCallback name) {
        user = name.getDefaultName();
        name.setName(user);
      } else if (callback instanceof PasswordCallback password) {
        String known = user == null ? null : passwords.get(user);
        if (known != null) {
          password.setPassword(known.toCharArray());
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

  private void authorize(AuthorizeCallback authorize) {
    String proven = authorize.getAuthenticationID();
    if (!proven.equals(authorize.getAuthorizationID())) {
      refusal =
          "it has proven to be "
              + SaslWords.shown(proven)
              + " and wants to act for "
              + SaslWords.shown(authorize.getAuthorizationID());
    } else if (!digest && !isHostOfServer(proven)) {
      refusal =
          "its principal "
              + SaslWords.shown(proven)
              + " does not name a host of a server line ("
              + String.join(", ", hosts)
              + "): have it log in as service/host@REALM with the host as in its server line";
    }
    authorize.setAuthorized(refusal == null);
    if (refusal == null) {
      authorize.setAuthorizedID(proven);
    }
  }

  private boolean isHostOfServer(String principal) {
    Matcher parts = PRINCIPAL.matcher(principal);
    return parts.matches() && hosts.contains(parts.group(1).toLowerCase(Locale.ROOT));
  }
}
