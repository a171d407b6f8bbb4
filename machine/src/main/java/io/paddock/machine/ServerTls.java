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
import io.paddock.config.TlsConfig;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;

/**
 * The TLS of a port, made of its stores as they were when they were read. Immutable, for any
 * thread.
 *
 * <p>All that can be wrong is looked for when it is made, so that a server does not start with a
 * port that lets nobody in.
 */
final class ServerTls {
  /** Without, a client could have this server make handshakes again and again. */
  private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  /** Few clients of ZooKeeper come back with a session of TLS, so few are remembered. */
  private static final int SESSIONS_KEPT = 256;

  /**
   * For how long one may be taken up again where it is asked whether certificates are revoked: who
   * takes one up shows none, and the JVM keeps lists of the revoked for as long.
   */
  private static final int SESSION_SECONDS_WITH_REVOCATION = 30;

  private final TlsConfig config;
  private final SslContext context;

  /** For whom this server dials; null where it only listens. */
  private final SslContext dialling;

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
      SslContext dialling,
      byte[] digest,
      Optional<OwnCertificate> certificate,
      int trusted,
      List<String> warnings) {
    this.config = config;
    this.context = context;
    this.dialling = dialling;
    this.digest = digest;
    this.certificate = certificate;
    this.trusted = trusted;
    this.warnings = warnings;
  }

  /**
   * Reads the stores and checks them.
   *
   * @param prefix of the keys that are named in what is wrong, such as {@code ssl.}
   * @param dials whether this server is to dial by it, too
   */
  static ServerTls read(String prefix, TlsConfig config, boolean dials) throws TlsException {
    TlsStores stores = TlsStores.read(config);
    boolean asks = config.clientAuth() != TlsConfig.ClientAuth.NONE;
    boolean supplied = config.contextSupplier().isPresent();
    KeyManagerFactory keys = supplied ? null : stores.keyManagers(prefix);
    PeerTrust trust = !supplied && (dials || asks) ? stores.trustManager(prefix) : null;
    List<String> warnings = new ArrayList<>(stores.exposed());
    if (trust != null && asks) {
      trust.unnamed().ifPresent(warnings::add);
    }
    ServerTls tls =
        new ServerTls(
            config,
            context(prefix, config, keys, trust, false),
            dials ? context(prefix, config, keys, trust, true) : null,
            stores.digest(),
            stores.certificate(),
            stores.trusted(),
            warnings);
    tls.check(prefix);
    return tls;
  }

  /** What the stores' files hold now; to be compared with {@link #digest}. */
  static byte[] digestNow(TlsConfig config) throws TlsException {
    return TlsStores.read(config).digest();
  }

  private static SslContext context(
      String prefix, TlsConfig config, KeyManagerFactory keys, PeerTrust trust, boolean dials)
      throws TlsException {
    if (config.contextSupplier().isPresent()) {
      return supplied(prefix, config, dials);
    }
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
        dials
            ? SslContextBuilder.forClient().keyManager(keys)
            : SslContextBuilder.forServer(keys).clientAuth(clientAuth(config));
    builder
        .sslProvider(openSsl ? SslProvider.OPENSSL : SslProvider.JDK)
        .sessionCacheSize(SESSIONS_KEPT);
    if (dials || config.clientAuth() != TlsConfig.ClientAuth.NONE) {
      builder.trustManager(trust);
    }
    if (config.asksForRevocation()) {
      builder.sessionTimeout(SESSION_SECONDS_WITH_REVOCATION);
    }
    List<String> protocols = protocols(prefix, config);
    if (!protocols.isEmpty()) {
      builder.protocols(protocols);
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

  /** Those that are named, else what the JVM speaks by the one name; empty for the provider's. */
  private static List<String> protocols(String prefix, TlsConfig config) throws TlsException {
    if (!config.protocols().isEmpty() || config.protocol().isEmpty()) {
      return config.protocols();
    }
    try {
      SSLContext named = SSLContext.getInstance(config.protocol());
      named.init(null, null, null);
      return List.of(named.getDefaultSSLParameters().getProtocols());
    } catch (GeneralSecurityException e) {
      throw new TlsException(
          prefix + "protocol: " + config.protocol() + " is not known; TLSv1.2 and TLSv1.3 are", e);
    }
  }

  /** As a class of the user's makes it. */
  private static SslContext supplied(String prefix, TlsConfig config, boolean dials)
      throws TlsException {
    String name = config.contextSupplier().orElseThrow();
    String key = prefix + "context.supplier.class=" + name;
    if (config.provider() != TlsConfig.Provider.JDK) {
      throw new TlsException(key + " goes with " + prefix + "sslProvider=JDK only; set that");
    }
    UserClass making = UserClass.making(key);
    try {
      Object supplier = Class.forName(name).getDeclaredConstructor().newInstance();
      Object made = ((Supplier<?>) supplier).get();
      return new JdkSslContext(
          (SSLContext) made,
          dials,
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
    } finally {
      making.close();
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
   * The side of a connection that listens.
   *
   * @param host the address that the other end comes from
   */
  SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
    SSLEngine engine = context.newEngine(allocator, host, port);
    if (config.contextSupplier().isPresent() && config.clientHostnameVerification()) {
      // Otherwise PeerTrust does it.
      askForHttps(engine);
    }
    return engine;
  }

  /**
   * The side of a connection that dials.
   *
   * @param host where it dials
   * @param name by which the other end may show itself, too
   */
  SSLEngine newDiallingEngine(ByteBufAllocator allocator, String host, int port, String name) {
    SSLEngine engine = dialling.newEngine(allocator, host, port);
    if (!name.equals(host)) {
      mayBe(engine, name);
    }
    if (config.hostnameVerification() && config.fips()) {
      askForHttps(engine);
    }
    return engine;
  }

  /** The same for whoever dials by sockets, and looks at names himself. */
  SSLSocketFactory diallingSockets() {
    return ((JdkSslContext) dialling).context().getSocketFactory();
  }

  /** The JVM's own check looks at this name first, and then at the host. */
  private static void mayBe(SSLEngine engine, String name) {
    try {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      engine.setSSLParameters(parameters);
    } catch (IllegalArgumentException e) {
      // No name by the rules of DNS, so no certificate's.
    }
  }

  /** The JVM's own check of names. */
  private static void askForHttps(SSLEngine engine) {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
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
