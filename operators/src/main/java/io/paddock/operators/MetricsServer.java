package io.paddock.operators;

import io.paddock.config.CauseWords;
import io.paddock.config.ConfigException;
import io.paddock.config.MetricsConfig;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The endpoint that Prometheus scrapes: {@code /metrics} on a port of its own, one for HTTP or one
 * for HTTPS.
 */
public final class MetricsServer implements AutoCloseable {
  private final HttpPort http;

  private MetricsServer(HttpPort http) {
    this.http = http;
  }

  /**
   * Binds and begins to answer.
   *
   * @throws ConfigException when the address cannot be bound
   */
  public static MetricsServer start(MetricsConfig config, ServerStatus status)
      throws ConfigException {
    return start(config, status, config.port(), "metricsProvider.httpPort", Optional.empty());
  }

  /** The same for HTTPS, on the port for that. */
  static MetricsServer start(MetricsConfig config, ServerStatus status, Https https)
      throws ConfigException {
    return start(
        config, status, config.httpsPort(), "metricsProvider.httpsPort", Optional.of(https));
  }

  private static MetricsServer start(
      MetricsConfig config, ServerStatus status, int port, String key, Optional<Https> https)
      throws ConfigException {
    try {
      return new MetricsServer(
          HttpPort.open(
              config.host(),
              port,
              "paddock-metrics",
              status.config().admin().limits(),
              https,
              request -> CompletableFuture.completedFuture(answer(request, status))));
    } catch (IOException e) {
      throw new ConfigException(
          "metrics cannot be served at "
              + config.host()
              + ":"
              + port
              + " ("
              + CauseWords.of(e)
              + "): choose another "
              + key,
          ConfigException.EXIT_UNEXPECTED);
    }
  }

  private static WebAnswer answer(WebRequest request, ServerStatus status) {
    if (request.method().equals("TRACE")) {
      return WebAnswer.noTrace();
    } else if (!request.path().equals("/metrics")) {
      return WebAnswer.of(404, WebAnswer.TEXT, "Metrics are at /metrics\n");
    } else if (!request.reads()) {
      return WebAnswer.wrongMethod("GET, HEAD");
    }
    return WebAnswer.of(200, PrometheusText.CONTENT_TYPE, PrometheusText.of(status));
  }

  /** The port as bound. */
  public int port() {
    return http.port();
  }

  @Override
  public void close() {
    http.close();
  }
}
