package io.paddock.config;

import io.paddock.config.ConfigSource.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the keys that concern TLS (security sheet, section 2). */
final class TlsReader {
  private static final int PORT_MAX = 65535;
  private static final int DETECTION_MS = 5000;
  private static final List<String> TYPES = List.of("JKS", "PKCS12", "PEM", "BCFKS");

  private final ConfigSource source;

  TlsReader(ConfigSource source) {
    this.source = source;
  }

  /** TLS for clients, if they shall have it. */
  Optional<ClientTlsConfig> clients() throws ConfigException {
    checkScheme();
    boolean hasPort = source.find("secureClientPort").isPresent();
    boolean unified = source.flag("client.portUnification", false);
    String host = source.text("secureClientPortAddress", "");
    if (!host.isEmpty() && !hasPort) {
      throw ConfigSource.wrong(
          source.find("secureClientPortAddress").orElseThrow(), "needs secureClientPort beside it");
    }
    if (!hasPort && !unified) {
      return Optional.empty();
    }
    TlsConfig tls = read("ssl.", false);
    if (tls.clientAuth() != TlsConfig.ClientAuth.NONE) {
      warnOfAnybody("ssl.", tls, "client", "CAs of your clients, or set ssl.clientAuth=none");
    }
    if (tls.keyStore().isEmpty() && tls.contextSupplier().isEmpty()) {
      Setting asked =
          source.find(hasPort ? "secureClientPort" : "client.portUnification").orElseThrow();
      throw new ConfigException(
          asked.place()
              + ": "
              + asked.key()
              + " needs this server's key and certificate: ssl.keyStore.location=<.p12, .jks or"
              + " .pem file>, and ssl.trustStore.location=<CAs of the clients> or"
              + " ssl.clientAuth=none");
    }
    return Optional.of(
        new ClientTlsConfig(
            host.isEmpty() ? null : host,
            hasPort ? source.integer("secureClientPort", 0, 0, PORT_MAX) : -1,
            unified,
            source.integer("netty.server.outstandingHandshake.limit", -1, -1, Integer.MAX_VALUE),
            source.flag("netty.server.earlyDropSecureConnectionHandshakes", false),
            tls));
  }

  /**
   * TLS of an HTTP port.
   *
   * @param asked the key that asks for it
   * @param prefix of the keys that its stores have
   * @param needsCertificate whether who asks must show one
   */
  TlsConfig http(Setting asked, String prefix, boolean needsCertificate) throws ConfigException {
    TlsConfig tls = read(prefix, prefix.equals(PeerTlsConfig.PREFIX));
    if (tls.keyStore().isEmpty() && tls.contextSupplier().isEmpty()) {
      throw new ConfigException(
          asked.place()
              + ": "
              + asked.key()
              + " needs this server's key and certificate: "
              + prefix
              + "keyStore.location=<.p12, .jks or .pem file>");
    }
    if (needsCertificate) {
      warnOfAnybody(prefix, tls, "caller", "CAs of those who may ask");
    }
    return tls.forHttp(needsCertificate ? TlsConfig.ClientAuth.NEED : TlsConfig.ClientAuth.NONE);
  }

  /** Stores of somebody who connects to a server. */
  TlsConfig client() throws ConfigException {
    return read("ssl.", false);
  }

  /** Apache's server would load a class of the user's here. */
  private void checkScheme() throws ConfigException {
    Optional<Setting> scheme = source.find("ssl.authProvider").filter(s -> !s.value().isEmpty());
    if (scheme.isPresent() && !scheme.get().value().equals("x509")) {
      throw ConfigSource.wrong(
          scheme.get(),
          "names a provider of the user's own, which cannot be loaded here; x509 can");
    }
  }

  /**
   * TLS between servers. It is read whether they speak it or not: its stores are AdminServer's,
   * too.
   *
   * @param member whether this server is, or can become, one of an ensemble
   */
  PeerTlsConfig peers(boolean member) throws ConfigException {
    boolean sslQuorum = source.flag("sslQuorum", false);
    boolean unified = source.flag("portUnification", false);
    source.flag("sslQuorumReloadCertFiles", false);
    TlsConfig tls = read(PeerTlsConfig.PREFIX, true);
    PeerTlsConfig peers = new PeerTlsConfig(sslQuorum, unified, detectionMs(), tls);
    if (member && peers.takesTls()) {
      if (tls.keyStore().isEmpty() && tls.contextSupplier().isEmpty()) {
        Setting asked = source.find(sslQuorum ? "sslQuorum" : "portUnification").orElseThrow();
        throw new ConfigException(
            asked.place()
                + ": "
                + asked.key()
                + " needs this server's key and certificate: ssl.quorum.keyStore.location=<.p12,"
                + " .jks or .pem file>, and ssl.quorum.trustStore.location=<CAs of the servers>");
      }
      warnOfAnybody(PeerTlsConfig.PREFIX, tls, "server", "CAs of your servers");
    }
    return peers;
  }

  private int detectionMs() throws ConfigException {
    String key = PeerTlsConfig.PREFIX + "handshakeDetectionTimeoutMillis";
    int ms = source.integer(key, DETECTION_MS, Integer.MIN_VALUE, Integer.MAX_VALUE);
    if (ms < 1) {
      source.warn(key + "=" + ms + " is below 1; " + DETECTION_MS + " is used");
      return DETECTION_MS;
    }
    return ms;
  }

  /** Without a trust store the JVM's CAs are believed: with any of their certificates one is in. */
  private void warnOfAnybody(String prefix, TlsConfig tls, String who, String remedy) {
    if (tls.trustStore().isEmpty() && tls.contextSupplier().isEmpty()) {
      source.warn(
          prefix
              + "trustStore.location is not set: every "
              + who
              + " is believed whose certificate comes from a public CA that this JVM knows; name"
              + " the "
              + remedy);
    }
  }

  /**
   * @param peers whether it is for servers, which are more careful by default than towards clients
   */
  private TlsConfig read(String prefix, boolean peers) throws ConfigException {
    boolean checksNames = source.flag(prefix + "hostnameVerification", true);
    boolean fips = source.flag("fips-mode", true);
    String protocol = fips ? "TLSv1.2" : "TLSv1.3";
    return new TlsConfig(
        store(prefix + "keyStore"),
        store(prefix + "trustStore"),
        // Not read for clients, by Apache's server neither.
        peers ? source.text(prefix + "protocol", protocol) : "",
        list(prefix + "enabledProtocols"),
        list(prefix + "ciphersuites"),
        source.find(prefix + "context.supplier.class").map(Setting::value),
        checksNames,
        checksNames && source.flag(prefix + "clientHostnameVerification", peers),
        source.flag(prefix + "allowReverseDnsLookup", peers),
        source.flag(prefix + "crl", false),
        source.flag(prefix + "ocsp", false),
        choice(prefix + "clientAuth", TlsConfig.ClientAuth.NEED),
        peers ? TlsConfig.Provider.JDK : choice(prefix + "sslProvider", TlsConfig.Provider.JDK),
        fips);
  }

  private Optional<StoreConfig> store(String key) throws ConfigException {
    var location = JournalPaths.path(source, key + ".location");
    if (location.isEmpty()) {
      return Optional.empty();
    }
    String type = source.text(key + ".type", "").toUpperCase(Locale.ROOT);
    if (!type.isEmpty() && !TYPES.contains(type)) {
      throw ConfigSource.wrong(
          source.find(key + ".type").orElseThrow(), "must be JKS, PKCS12, PEM or BCFKS");
    }
    StorePassword password =
        JournalPaths.path(source, key + ".passwordPath")
            .map(StorePassword::in)
            .orElseGet(() -> written(key + ".password"));
    return Optional.of(new StoreConfig(key, location.get(), type, password));
  }

  private StorePassword written(String key) {
    String password = source.text(key, "");
    return password.isEmpty()
        ? StorePassword.inEnvironment(key, System.getenv())
        : StorePassword.of(password);
  }

  /** Trimmed, unlike Apache's: a blank behind a comma is no part of any name. */
  private List<String> list(String key) {
    String text = source.text(key, "");
    if (text.matches(".*,\\s.*|.*\\s,.*")) {
      source.warn(
          key
              + ": blanks beside commas are passed over here; ZooKeeper's own server takes them as"
              + " part of the names, so leave them out");
    }
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private <E extends Enum<E>> E choice(String key, E otherwise) throws ConfigException {
    Optional<Setting> setting = source.find(key).filter(s -> !s.value().isEmpty());
    if (setting.isEmpty()) {
      return otherwise;
    }
    E[] choices = otherwise.getDeclaringClass().getEnumConstants();
    for (E choice : choices) {
      if (choice.name().equalsIgnoreCase(setting.get().value())) {
        return choice;
      }
    }
    boolean lower = otherwise instanceof TlsConfig.ClientAuth;
    String all =
        String.join(", ", Arrays.stream(choices).map(c -> lower ? lower(c) : c.name()).toList());
    throw ConfigSource.wrong(setting.get(), "must be one of " + all);
  }

  private static String lower(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }
}
