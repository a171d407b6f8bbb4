package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.config.TlsConfig;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Talks TLS to a server of the same configuration, which needs nothing but that configuration:
 * shows the server's own certificate, and believes that one alone.
 */
public final class OwnClient {
  private OwnClient() {}

  /**
   * Sockets for that.
   *
   * @throws TlsException when the key store cannot be used, in which case the server does not start
   *     either
   */
  public static SSLSocketFactory sockets(TlsConfig config) throws TlsException {
    if (config.keyStore().isEmpty()) {
      throw new TlsException(
          "ssl.keyStore.location is not set: a class of yours makes the server's TLS, and nobody"
              + " else can ask it");
    }
    StoreFile file = StoreFile.read(config.keyStore().get());
    KeyStore store = file.keys();
    try {
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, file.password());
      Set<Certificate> own = new HashSet<>();
      for (String alias : Collections.list(store.aliases())) {
        own.add(store.getCertificate(alias));
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), new TrustManager[] {new OwnOnly(own)}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw file.wrong("cannot be used: " + CauseWords.of(e));
    }
  }

  /** Believes certain certificates, whoever signed them and whatever hosts they name. */
  private record OwnOnly(Set<Certificate> own) implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("no clients here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      if (!own.contains(chain[0])) {
        throw new CertificateException(
            "another certificate than that of the key store: "
                + chain[0].getSubjectX500Principal().getName());
      }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
