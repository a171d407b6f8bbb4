package io.paddock.config;

import java.util.Optional;

/**
 * Where metrics can be scraped. Counting itself is always on.
 *
 * @param prometheus whether there is a Prometheus endpoint
 * @param host address to bind
 * @param port TCP port for HTTP; -1 for none, 0 takes any free one
 * @param httpsPort TCP port for HTTPS; -1 for none, 0 takes any free one
 * @param https its stores; empty when there is no such port
 * @param exportJvmInfo whether jvm_* and process_* metrics are among them
 */
public record MetricsConfig(
    boolean prometheus,
    String host,
    int port,
    int httpsPort,
    Optional<HttpsConfig> https,
    boolean exportJvmInfo) {}
