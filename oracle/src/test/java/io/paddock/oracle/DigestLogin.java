package io.paddock.oracle;

import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;

/** A user who logs in by DIGEST-MD5, token by token. */
record DigestLogin(String user, String password) {
  /**
   * @param actsFor whom it wants to be; null for itself
   */
  SaslClient client(String actsFor) throws SaslException {
    return Sasl.createSaslClient(
        new String[] {"DIGEST-MD5"},
        actsFor,
        "zookeeper",
        "zk-sasl-md5",
        Map.of(),
        callbacks -> {
          for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
              name.setName(user);
            } else if (callback instanceof PasswordCallback secret) {
              secret.setPassword(password.toCharArray());
            } else if (callback instanceof RealmCallback realm) {
              realm.setText(realm.getDefaultText());
            }
          }
        });
  }
}
