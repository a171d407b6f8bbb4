package io.paddock.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/** The endpoint that Prometheus scrapes: {@code /metrics} on a port of its own. */
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
    try {
      return new MetricsServer(
          HttpPort.open(
              config.host(),
              config.port(),
              "paddock-metrics",
              exchange -> answer(exchange, status)));
    } catch (IOException e) {
      throw new ConfigException(
          "metrics cannot be served at "
              + config.host()
              + ":"
              + config.port()
              + " ("
              + e.getMessage()
              + "): choose another metricsProvider.httpPort",
          ConfigException.EXIT_UNEXPECTED);
    }
  }

  private static void answer(HttpExchange exchange, ServerStatus status) throws IOException {
    if (exchange.getRequestURI().getPath().equals("/metrics")) {
      HttpPort.send(exchange, 200, PrometheusText.CONTENT_TYPE, PrometheusText.of(status));
    } else {
      HttpPort.send(exchange, 404, "text/plain; charset=utf-8", "Metrics are at /metrics\n");
    }
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
