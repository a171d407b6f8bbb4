package io.paddock.config;

/**
 * Where metrics can be scraped. Counting itself is always on.
 *
 * @param prometheus whether there is a Prometheus endpoint
 * @param host address to bind
 * @param port TCP port; 0 takes any free one
 * @param exportJvmInfo whether jvm_* and process_* metrics are among them
 */
public record MetricsConfig(boolean prometheus, String host, int port, boolean exportJvmInfo) {}
