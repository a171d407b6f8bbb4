package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.config.StoreConfig;
import io.paddock.config.TlsConfig;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A client of TLS that wants to know: believes whoever answers, and remembers what certificates it
 * was shown and whose it was asked for. Sends nothing that is worth anything. For one connection.
 */
public final class ProbeTls {
  private final SSLContext context;
  private List<X509Certificate> shown = List.of();
  private boolean asked;
  private List<String> wanted = List.of();

  /**
   * @param keyStore whose certificate it shows when asked; empty for none
   * @throws TlsException when that cannot be used
   */
  public ProbeTls(Optional<StoreConfig> keyStore) throws TlsException {
    try {
      X509ExtendedKeyManager keys = null;
      if (keyStore.isPresent()) {
        StoreFile file = StoreFile.read(keyStore.get());
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(file.keys(), file.password());
        keys = (X509ExtendedKeyManager) factory.getKeyManagers()[0];
      }
      context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new Keys(keys)}, new TrustManager[] {new BelievesAll()}, null);
    } catch (GeneralSecurityException e) {
      throw new TlsException("TLS cannot be set up here: " + CauseWords.of(e), e);
    }
  }

  /** The same with the key store of that configuration. */
  public static ProbeTls of(TlsConfig config) throws TlsException {
    return new ProbeTls(config.keyStore());
  }

  public SSLSocketFactory sockets() {
    return context.getSocketFactory();
  }

  /** The other end's certificate and those that signed it; empty while there was none. */
  public List<X509Certificate> shown() {
    return shown;
  }

  /** Whether the other end has asked for a certificate. */
  public boolean wasAsked() {
    return asked;
  }

  /** The subjects of the authorities that it then named; empty when it named none. */
  public List<String> wanted() {
    return wanted;
  }

  private final class BelievesAll extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      shown = List.of(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      shown = List.of(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      shown = List.of(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** Shows the one certificate that there is, whoever is wanted: the server is to say no. */
  private final class Keys extends X509ExtendedKeyManager {
    private final X509ExtendedKeyManager keys;

    Keys(X509ExtendedKeyManager keys) {
      this.keys = keys;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      asked = true;
      wanted =
          issuers == null ? List.of() : List.of(issuers).stream().map(Principal::getName).toList();
      return keys == null ? null : keys.chooseClientAlias(types, null, socket);
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return keys == null ? null : keys.getClientAliases(type, null);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return keys == null ? null : keys.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return keys == null ? null : keys.getPrivateKey(alias);
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }
  }
}
