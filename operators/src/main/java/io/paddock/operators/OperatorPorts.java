package io.paddock.operators;

import io.paddock.config.BindRetry;
import io.paddock.config.ConfigException;
import io.paddock.config.HttpsConfig;
import io.paddock.config.ZooCfg;
import io.paddock.journal.Journal;
import io.paddock.machine.Guard;
import io.paddock.machine.PauseMonitor;
import io.paddock.machine.PurgeSchedule;
import io.paddock.machine.StartException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server does for its operators beside the client port: AdminServer, Prometheus, purge,
 * pause monitor.
 */
public final class OperatorPorts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorPorts.class);

  private final ZooCfg config;
  private final ServerStatus status;
  private final Journal journal;
  private final FourLetterWords words;
  private final Guard guard;

  private AdminServer admin;
  private MetricsServer metrics;
  private MetricsServer secureMetrics;
  private Https adminHttps;
  private Https metricsHttps;
  private PurgeSchedule purge;
  private PauseMonitor pauses;

  public OperatorPorts(
      ZooCfg config, ServerStatus status, Journal journal, FourLetterWords words, Guard guard) {
    this.config = config;
    this.status = status;
    this.journal = journal;
    this.words = words;
    this.guard = guard;
  }

  /**
   * Starts whatever is switched on; after a failure, {@link #close} ends what was started.
   *
   * @throws StartException when an address cannot be bound that must be
   */
  public void open() throws StartException {
    BindRetry retry = config.clientPort().bindRetry();
    try {
      if (config.metrics().prometheus()) {
        retry.awaitName("metricsProvider.httpHost", config.metrics().host());
        if (config.metrics().exportJvmInfo()) {
          status.metrics().allocations().start();
        }
        startMetrics();
      }
      if (config.admin().enabled()) {
        retry.awaitName("admin.serverAddress", config.admin().host());
        if (config.admin().https().isPresent()) {
          adminHttps = https("admin.serverPort", config.admin().https().get());
        }
        admin = startAdmin();
      }
    } catch (ConfigException e) {
      throw new StartException(e.getMessage(), e.exitCode(), e);
    }
    if (admin != null) {
      boolean plain = adminHttps == null || adminHttps.takesPlain();
      String by = adminHttps == null ? "HTTP" : plain ? "HTTPS and HTTP" : "HTTPS";
      tell("AdminServer", config.admin().host(), admin.port(), by);
    }
    if (metrics != null) {
      tell("Metrics", config.metrics().host(), metrics.port(), "HTTP");
    }
    if (secureMetrics != null) {
      tell("Metrics", config.metrics().host(), secureMetrics.port(), "HTTPS");
    }
    purge = PurgeSchedule.start(config.purge(), journal::purge, guard);
    pauses = PauseMonitor.start(config.pause(), status.metrics(), guard);
  }

  private static void tell(String what, String host, int port, String by) {
    LOG.info("{} at {}:{} by {}", what, host, port, by);
  }

  private Https https(String port, HttpsConfig https) throws StartException {
    return Https.open(port, https, status.metrics(), guard);
  }

  private void startMetrics() throws ConfigException, StartException {
    if (config.metrics().port() >= 0) {
      metrics = MetricsServer.start(config.metrics(), status);
    }
    if (config.metrics().https().isPresent()) {
      metricsHttps = https("metricsProvider.httpsPort", config.metrics().https().get());
      secureMetrics = MetricsServer.start(config.metrics(), status, metricsHttps);
    }
  }

  /**
   * As Apache's server: a member of an ensemble runs on without AdminServer, a server alone does
   * not. But a taken port that nobody chose ends no start: several servers on one machine are told
   * only then that there is such a port.
   */
  private AdminServer startAdmin() throws ConfigException {
    try {
      return AdminServer.start(config.admin(), status, words, Optional.ofNullable(adminHttps));
    } catch (ConfigException e) {
      boolean unasked =
          !config.admin().portIsChosen()
              && e.getCause() != null
              && StartException.isInUse(e.getCause());
      if (config.membership().isEmpty() && !unasked) {
        throw e;
      }
      LOG.warn("This server runs without AdminServer. {}", e.getMessage());
      return null;
    }
  }

  /** The AdminServer's port as bound; -1 when there is none. */
  public int adminPort() {
    return admin == null ? -1 : admin.port();
  }

  /** The port where Prometheus scrapes, as bound; -1 when there is none. */
  public int metricsPort() {
    return metrics == null ? -1 : metrics.port();
  }

  /** The same by HTTPS. */
  public int metricsHttpsPort() {
    return secureMetrics == null ? -1 : secureMetrics.port();
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
    }
    if (metrics != null) {
      metrics.close();
    }
    if (secureMetrics != null) {
      secureMetrics.close();
    }
    if (config.metrics().prometheus()) {
      status.metrics().allocations().close();
    }
    if (adminHttps != null) {
      adminHttps.close();
    }
    if (metricsHttps != null) {
      metricsHttps.close();
    }
    if (purge != null) {
      purge.close();
    }
    if (pauses != null) {
      pauses.close();
    }
  }
}
