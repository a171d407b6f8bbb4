package io.paddock.operators;

import io.paddock.config.ConfigException;
import io.paddock.config.HttpsConfig;
import io.paddock.machine.Guard;
import io.paddock.machine.LiveTls;
import io.paddock.machine.OncePerHour;
import io.paddock.machine.StartException;
import io.paddock.machine.TlsException;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TLS of an HTTP port, which follows its stores while the server runs. Any thread. */
final class Https implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Https.class);

  private final String name;
  private final LiveTls tls;
  private final boolean takesPlain;
  private final ServerMetrics metrics;
  private final OncePerHour told = new OncePerHour();

  private Https(String name, LiveTls tls, boolean takesPlain, ServerMetrics metrics) {
    this.name = name;
    this.tls = tls;
    this.takesPlain = takesPlain;
    this.metrics = metrics;
  }

  /**
   * Reads the stores.
   *
   * @param name of the port, for the log
   * @throws StartException when nobody could be served with them
   */
  static Https open(String name, HttpsConfig config, ServerMetrics metrics, Guard guard)
      throws StartException {
    try {
      LiveTls tls = LiveTls.open(config.prefix(), config.tls(), name);
      tls.watch(guard);
      return new Https(name, tls, config.takesPlain(), metrics);
    } catch (TlsException e) {
      throw new StartException(e.getMessage(), ConfigException.EXIT_INVALID_CONFIG, e);
    }
  }

  LiveTls tls() {
    return tls;
  }

  boolean takesPlain() {
    return takesPlain;
  }

  /** Somebody was served without TLS. */
  void plainCame() {
    metrics.count(EventCounter.INSECURE_ADMIN_COUNT);
  }

  /** Somebody did not get through. */
  void refused(InetSocketAddress remote, String why) {
    if (told.isNew(remote.getAddress(), why)) {
      LOG.warn("{}: {} {} (said once an hour for each address)", name, remote, why);
    }
  }

  @Override
  public void close() {
    tls.close();
  }
}
