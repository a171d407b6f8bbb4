package io.paddock.machine;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The TLS of a port, made of its stores as they were when they were read. Immutable, for any
 * thread.
 *
 * <p>All that can be wrong is looked for when it is made, so that a server does not start with a
 * port that lets nobody in.
 */
final class ServerTls {
  private static final String KEY_TYPE = "PKIX";

  /**
   * Keeps the key as it is. The other one chooses better among several, and decrypts the one it
   * takes in each handshake, of which the session keeps a copy.
   */
  private static final String ONE_KEY_TYPE = "SunX509";

  /** Without, a client could have this server make handshakes again and again. */
  private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  /** Few clients of ZooKeeper come back with a session of TLS, so few are remembered. */
  private static final int SESSIONS_KEPT = 256;

  private final TlsConfig config;
  private final SslContext context;
  private final byte[] digest;
  private final Optional<OwnCertificate> certificate;
  private final int trusted;
  private final List<String> warnings;

  static {
    if (System.getProperty(NO_RENEGOTIATION) == null) {
      System.setProperty(NO_RENEGOTIATION, "true");
    }
  }

  private ServerTls(
      TlsConfig config,
      SslContext context,
      byte[] digest,
      Optional<OwnCertificate> certificate,
      int trusted,
      List<String> warnings) {
    this.config = config;
    this.context = context;
    this.digest = digest;
    this.certificate = certificate;
    this.trusted = trusted;
    this.warnings = warnings;
  }

  /**
   * Reads the stores and checks them.
   *
   * @param prefix of the keys that are named in what is wrong, such as {@code ssl.}
   */
  static ServerTls read(String prefix, TlsConfig config) throws TlsException {
    Stores stores = Stores.read(config);
    ServerTls tls =
        new ServerTls(
            config,
            config.contextSupplier().isPresent()
                ? supplied(prefix, config)
                : context(prefix, config, stores),
            stores.digest(),
            stores.certificate(),
            stores.trusted(),
            stores.exposed());
    tls.check(prefix);
    return tls;
  }

  /** What the stores' files hold now; to be compared with {@link #digest}. */
  static byte[] digestNow(TlsConfig config) throws TlsException {
    return Stores.read(config).digest();
  }

  /** The files, read. */
  private record Stores(Optional<StoreFile> keys, Optional<StoreFile> trust, TlsConfig config) {
    static Stores read(TlsConfig config) throws TlsException {
      return new Stores(read(config.keyStore()), read(config.trustStore()), config);
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

    KeyManagerFactory keyManagers() throws TlsException {
      StoreFile file = keys.orElseThrow();
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

    PeerTrust trustManager() throws TlsException {
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
        return new PeerTrust(
            manager,
            config.clientHostnameVerification(),
            // The JVM's own check, which FIPS mode is about, looks at the address only.
            config.reverseDnsLookup() && !config.fips());
      } catch (GeneralSecurityException e) {
        throw trust.isEmpty()
            ? new TlsException(
                "ssl.trustStore.location is not set, and the JVM's own CAs cannot be used: "
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
      Set<PKIXRevocationChecker.Option> options =
          EnumSet.noneOf(PKIXRevocationChecker.Option.class);
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

  private static SslContext context(String prefix, TlsConfig config, Stores stores)
      throws TlsException {
    boolean openSsl = config.provider() != TlsConfig.Provider.JDK;
    if (openSsl && !OpenSsl.isAvailable()) {
      throw new TlsException(
          prefix
              + "sslProvider="
              + config.provider()
              + " needs the jars netty-tcnative-classes and netty-tcnative-boringssl-static on the"
              + " class path ("
              + CauseWords.of(TlsWords.root(OpenSsl.unavailabilityCause()))
              + "); leave the key out for the JVM's own",
          OpenSsl.unavailabilityCause());
    }
    SslContextBuilder builder =
        SslContextBuilder.forServer(stores.keyManagers())
            .sslProvider(openSsl ? SslProvider.OPENSSL : SslProvider.JDK)
            .clientAuth(clientAuth(config))
            .sessionCacheSize(SESSIONS_KEPT);
    if (config.clientAuth() != TlsConfig.ClientAuth.NONE) {
      builder.trustManager(stores.trustManager());
    }
    if (!config.protocols().isEmpty()) {
      builder.protocols(config.protocols());
    }
    if (!config.ciphers().isEmpty()) {
      builder.ciphers(config.ciphers());
    }
    try {
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsException(
          "TLS cannot be set up by the keys "
              + prefix
              + "*: "
              + CauseWords.of(TlsWords.root(e))
              + "; correct them",
          e);
    }
  }

  /** As a class of the user's makes it. */
  private static SslContext supplied(String prefix, TlsConfig config) throws TlsException {
    String name = config.contextSupplier().orElseThrow();
    String key = prefix + "context.supplier.class=" + name;
    if (config.provider() != TlsConfig.Provider.JDK) {
      throw new TlsException(key + " goes with " + prefix + "sslProvider=JDK only; set that");
    }
    try {
      Object supplier = Class.forName(name).getDeclaredConstructor().newInstance();
      Object made = ((Supplier<?>) supplier).get();
      return new JdkSslContext(
          (SSLContext) made,
          false,
          config.ciphers().isEmpty() ? null : config.ciphers(),
          IdentityCipherSuiteFilter.INSTANCE,
          ApplicationProtocolConfig.DISABLED,
          clientAuth(config),
          config.protocols().isEmpty() ? null : config.protocols().toArray(String[]::new),
          false);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new TlsException(
          key
              + ": "
              + CauseWords.of(e)
              + "; it must be on the class path, a Supplier<SSLContext>, and have a constructor"
              + " without arguments",
          e);
    }
  }

  private static ClientAuth clientAuth(TlsConfig config) {
    return switch (config.clientAuth()) {
      case NONE -> ClientAuth.NONE;
      case WANT -> ClientAuth.OPTIONAL;
      case NEED -> ClientAuth.REQUIRE;
    };
  }

  /** Names of protocols and ciphers are looked at by the first engine only. */
  private void check(String prefix) throws TlsException {
    try {
      SSLEngine engine = newEngine(ByteBufAllocator.DEFAULT, "127.0.0.1", 1);
      checkKnown(prefix + "enabledProtocols", config.protocols(), engine.getSupportedProtocols());
      checkKnown(prefix + "ciphersuites", config.ciphers(), engine.getSupportedCipherSuites());
      if (engine.getEnabledCipherSuites().length == 0) {
        throw new TlsException(prefix + "ciphersuites leaves no cipher suite; correct it");
      }
      io.netty.util.ReferenceCountUtil.release(engine);
    } catch (IllegalArgumentException e) {
      checkKnown(prefix + "ciphersuites", config.ciphers(), supported().getCipherSuites());
      checkKnown(prefix + "enabledProtocols", config.protocols(), supported().getProtocols());
      throw new TlsException(
          prefix + "enabledProtocols or " + prefix + "ciphersuites is wrong: " + e.getMessage(), e);
    }
  }

  private static SSLParameters supported() {
    try {
      return SSLContext.getDefault().getSupportedSSLParameters();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void checkKnown(String key, List<String> names, String[] known)
      throws TlsException {
    for (String name : names) {
      if (!Arrays.asList(known).contains(name)) {
        throw new TlsException(
            key + ": " + name + " is not known; these are: " + String.join(", ", known));
      }
    }
  }

  /**
   * One side of a connection.
   *
   * @param host the address that the other end comes from
   */
  SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
    return context.newEngine(allocator, host, port);
  }

  /** What the files held that it was made of. */
  byte[] digest() {
    return digest.clone();
  }

  /** Whom it shows itself as; empty where a class of the user's makes the context. */
  Optional<OwnCertificate> certificate() {
    return certificate;
  }

  /** How many certificates the trust store has; 0 without one. */
  int trusted() {
    return trusted;
  }

  /** What the user should hear although it works. */
  List<String> warnings() {
    return new ArrayList<>(warnings);
  }
}
