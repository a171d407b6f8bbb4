package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.config.StoreConfig;
import io.paddock.config.TlsConfig;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Security;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertPathBuilder;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CertSelector;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** The stores of a port as their files were when they were read. */
record TlsStores(Optional<StoreFile> keys, Optional<StoreFile> trust, TlsConfig config) {
  private static final String KEY_TYPE = "PKIX";

  /**
   * Keeps the key as it is. The other one chooses better among several, and decrypts the one it
   * takes in each handshake, of which the session keeps a copy.
   */
  private static final String ONE_KEY_TYPE = "SunX509";

  static TlsStores read(TlsConfig config) throws TlsException {
    return new TlsStores(read(config.keyStore()), read(config.trustStore()), config);
  }

  private static Optional<StoreFile> read(Optional<StoreConfig> store) throws TlsException {
    return store.isEmpty() ? Optional.empty() : Optional.of(StoreFile.read(store.get()));
  }

  byte[] digest() {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    keys.ifPresent(file -> both.writeBytes(file.digest()));
    both.write(0);
    trust.ifPresent(file -> both.writeBytes(file.digest()));
    return both.toByteArray();
  }

  Optional<OwnCertificate> certificate() throws TlsException {
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(OwnCertificate.of(config.keyStore().get(), keys.get().keys()));
  }

  int trusted() throws TlsException {
    try {
      return trust.isEmpty() ? 0 : trust.get().trusted().size();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  List<String> exposed() {
    return keys.map(StoreFile::exposed).orElse(List.of());
  }

  KeyManagerFactory keyManagers(String prefix) throws TlsException {
    if (keys.isEmpty()) {
      throw new TlsException(
          prefix
              + "keyStore.location is not set: name the .p12, .jks or .pem file with this server's"
              + " key and certificate");
    }
    StoreFile file = keys.get();
    KeyStore store = file.keys();
    try {
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(hasOneKey(store) ? ONE_KEY_TYPE : KEY_TYPE);
      managers.init(store, file.password());
      return managers;
    } catch (UnrecoverableKeyException e) {
      throw file.wrong("holds keys with several passwords; make them the same");
    } catch (GeneralSecurityException e) {
      throw file.wrong("cannot be used: " + CauseWords.of(e));
    }
  }

  private static boolean hasOneKey(KeyStore store) throws GeneralSecurityException {
    int keys = 0;
    for (String alias : Collections.list(store.aliases())) {
      keys += store.isKeyEntry(alias) ? 1 : 0;
    }
    return keys == 1;
  }

  PeerTrust trustManager(String prefix) throws TlsException {
    KeyStore store = trust.isEmpty() ? null : trust.get().trusted();
    try {
      TrustManagerFactory managers = TrustManagerFactory.getInstance(KEY_TYPE);
      if (config.asksForRevocation() && store != null && store.size() > 0) {
        managers.init(new CertPathTrustManagerParameters(revocation(store)));
      } else {
        managers.init(store);
      }
      var manager = (X509ExtendedTrustManager) managers.getTrustManagers()[0];
      if (store != null && manager.getAcceptedIssuers().length == 0) {
        throw trust
            .get()
            .wrong(
                "holds no certificate that is trusted; make it with keytool -importcert, or name"
                    + " a .pem file with the CAs");
      }
      return new PeerTrust(manager, prefix, config);
    } catch (GeneralSecurityException e) {
      throw trust.isEmpty()
          ? new TlsException(
              prefix
                  + "trustStore.location is not set, and the JVM's own CAs cannot be used: "
                  + CauseWords.of(e),
              e)
          : trust.get().wrong("cannot be used: " + CauseWords.of(e));
    }
  }

  private PKIXBuilderParameters revocation(KeyStore store) throws GeneralSecurityException {
    var parameters = new PKIXBuilderParameters(store, new X509CertSelector());
    parameters.setRevocationEnabled(true);
    var checker =
        (PKIXRevocationChecker) CertPathBuilder.getInstance(KEY_TYPE).getRevocationChecker();
    Set<PKIXRevocationChecker.Option> options = EnumSet.noneOf(PKIXRevocationChecker.Option.class);
    if (!config.ocsp()) {
      options.add(PKIXRevocationChecker.Option.PREFER_CRLS);
      options.add(PKIXRevocationChecker.Option.NO_FALLBACK);
    }
    if (Boolean.parseBoolean(
        Security.getProperty("com.sun.security.onlyCheckRevocationOfEECert"))) {
      options.add(PKIXRevocationChecker.Option.ONLY_END_ENTITY);
    }
    checker.setOptions(options);
    parameters.addCertPathChecker(checker);
    return parameters;
  }
}
