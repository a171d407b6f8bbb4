package io.paddock.machine;

import io.paddock.config.PeerTlsConfig;
import io.paddock.config.TlsConfig;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What stores hold, for whoever examines them.
 *
 * @param chain the certificate that is shown first, and those that signed it as far as they are
 *     there; empty without a key store
 * @param trusted the certificates of the trust store; empty without one
 * @param exposed files that others can read and should not, one line each with the remedy
 */
public record StoreContents(
    List<X509Certificate> chain, List<X509Certificate> trusted, List<String> exposed) {

  /**
   * Reads the stores and does with them what a server's start does.
   *
   * @param prefix of the keys that are named in what is wrong, such as {@code ssl.}
   * @throws TlsException when a server would not start with them
   */
  public static StoreContents ofServer(String prefix, TlsConfig config) throws TlsException {
    // The other servers are called by the same stores.
    ServerTls.read(prefix, config, prefix.equals(PeerTlsConfig.PREFIX));
    return read(config);
  }

  /**
   * Reads the stores of a client, which needs none of them.
   *
   * @throws TlsException when one that is named cannot be used
   */
  public static StoreContents ofClient(TlsConfig config) throws TlsException {
    return read(config);
  }

  private static StoreContents read(TlsConfig config) throws TlsException {
    TlsStores stores = TlsStores.read(config);
    return new StoreContents(
        stores.keys().isEmpty() ? List.of() : chain(stores.keys().get().keys()),
        stores.trust().isEmpty() ? List.of() : certificates(stores.trust().get().trusted()),
        stores.exposed());
  }

  private static List<X509Certificate> chain(KeyStore store) {
    try {
      for (String alias : Collections.list(store.aliases())) {
        Certificate[] chain = store.isKeyEntry(alias) ? store.getCertificateChain(alias) : null;
        if (chain != null) {
          List<X509Certificate> certificates = new ArrayList<>();
          for (Certificate certificate : chain) {
            certificates.add((X509Certificate) certificate);
          }
          return certificates;
        }
      }
      return List.of();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<X509Certificate> certificates(KeyStore store) {
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      for (String alias : Collections.list(store.aliases())) {
        if (store.getCertificate(alias) instanceof X509Certificate certificate) {
          certificates.add(certificate);
        }
      }
      return certificates;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
