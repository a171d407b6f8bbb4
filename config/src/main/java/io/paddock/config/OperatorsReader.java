package io.paddock.config;

import io.paddock.config.ConfigSource.Setting;
import java.util.Optional;

/** Reads the keys of the HTTP ports: AdminServer's and that of metrics. */
final class OperatorsReader {
  private static final int IDLE_TIMEOUT_MS = 30_000;
  private static final int PORT_MAX = 65535;

  private final ConfigSource source;

  OperatorsReader(ConfigSource source) {
    this.source = source;
  }

  /** AdminServer. */
  AdminConfig admin() throws ConfigException {
    String url = source.text("admin.commandURL", "/commands");
    url = url.startsWith("/") ? url : "/" + url;
    url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    return new AdminConfig(
        source.flag("admin.enableServer", true),
        source.text("admin.serverAddress", "0.0.0.0"),
        source.integer("admin.serverPort", 8080, 0, PORT_MAX),
        source.find("admin.serverPort").isPresent(),
        url,
        httpLimits(),
        source.flag("admin.snapshot.enabled", true),
        // Whatever the key's name says, Apache's server counts it in microseconds.
        source.number("admin.rateLimiterIntervalInMS", 300_000, 0, Long.MAX_VALUE) / 1000,
        source.flag("admin.enableServer", true) ? adminHttps() : Optional.empty());
  }

  private Optional<HttpsConfig> adminHttps() throws ConfigException {
    boolean forced = source.flag("admin.forceHttps", false);
    boolean unified = source.flag("admin.portUnification", false);
    boolean needsCertificate = source.flag("admin.needClientAuth", false);
    if (needsCertificate && !forced) {
      source.warn(
          "admin.needClientAuth=true keeps nobody from asking by plain HTTP: set"
              + " admin.forceHttps=true, too");
    }
    if (!forced && !unified) {
      return Optional.empty();
    }
    Setting asked =
        source.find(forced ? "admin.forceHttps" : "admin.portUnification").orElseThrow();
    return Optional.of(
        new HttpsConfig(
            PeerTlsConfig.PREFIX,
            new TlsReader(source).http(asked, PeerTlsConfig.PREFIX, needsCertificate),
            !forced));
  }

  private HttpLimits httpLimits() throws ConfigException {
    int idleMs =
        source.integer("admin.idleTimeout", IDLE_TIMEOUT_MS, Integer.MIN_VALUE, Integer.MAX_VALUE);
    if (idleMs <= 0) {
      source.warn(
          "admin.idleTimeout="
              + idleMs
              + " would let anybody keep a connection for ever; "
              + IDLE_TIMEOUT_MS
              + " is used");
      idleMs = IDLE_TIMEOUT_MS;
    }
    return new HttpLimits(
        idleMs,
        source.integer("admin.maxLineBytes", 8192, 64, 1 << 20),
        source.integer("admin.maxHeaderBytes", 8192, 64, 1 << 20),
        source.integer("admin.maxBodyBytes", 65_536, 0, Integer.MAX_VALUE),
        source.integer("admin.maxCnxns", 256, 1, 65_536),
        source.integer("admin.maxClientCnxns", 128, 1, 65_536));
  }

  /** The Prometheus endpoint. */
  MetricsConfig metrics() throws ConfigException {
    boolean prometheus =
        source.text("metricsProvider.className", "").endsWith(".PrometheusMetricsProvider");
    Optional<Setting> secure = source.find("metricsProvider.httpsPort").filter(s -> prometheus);
    boolean plain = secure.isEmpty() || source.find("metricsProvider.httpPort").isPresent();
    return new MetricsConfig(
        prometheus,
        source.text("metricsProvider.httpHost", "0.0.0.0"),
        plain ? source.integer("metricsProvider.httpPort", 7000, 0, PORT_MAX) : -1,
        secure.isPresent() ? source.integer("metricsProvider.httpsPort", -1, 0, PORT_MAX) : -1,
        secure.isPresent() ? Optional.of(metricsHttps(secure.get())) : Optional.empty(),
        source.flag("metricsProvider.exportJvmInfo", true));
  }

  /** With stores of its own, as ZooKeeper 3.10 has it, or else with those between servers. */
  private HttpsConfig metricsHttps(Setting asked) throws ConfigException {
    String own = "metricsProvider.ssl.";
    String prefix = source.find(own + "keyStore.location").isPresent() ? own : PeerTlsConfig.PREFIX;
    boolean needsCertificate = source.flag(own + "need.client.auth", true);
    return new HttpsConfig(
        prefix, new TlsReader(source).http(asked, prefix, needsCertificate), false);
  }
}
