package io.paddock.server;

import java.util.List;

/**
 * Prometheus's text format, version 0.0.4, with ZooKeeper's names: counters have no suffix, and the
 * help text is the name (client protocol sheet, section 12.4).
 */
final class PrometheusText {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder out = new StringBuilder(32 << 10);

  /** Everything that a scrape of this server gives. */
  static String of(ServerStatus status) {
    PrometheusText text = new PrometheusText();
    for (Metric metric : MetricsReport.of(status)) {
      text.write(metric);
    }
    if (status.config().metrics().exportJvmInfo()) {
      JvmFigures.write(text);
    }
    return text.out.toString();
  }

  /** The quantiles that a summary shows. */
  static List<Double> shares(Metric summary) {
    if (summary.quantile() == null) {
      return List.of();
    }
    return summary.advanced() ? List.of(0.5, 0.9, 0.99) : List.of(0.5);
  }

  static double quantile(Metric summary, double share) {
    return summary.summary().count() == 0 ? Double.NaN : summary.quantile().applyAsDouble(share);
  }

  private void write(Metric metric) {
    String name = metric.name();
    switch (metric.kind()) {
      case GAUGE -> gauge(name, metric.value().doubleValue());
      case COUNTER -> {
        header(name, "counter");
        sample(name, "", metric.value().doubleValue());
      }
      case SUMMARY -> {
        header(name, "summary");
        for (double share : shares(metric)) {
          sample(name, "{quantile=\"" + share + "\"}", quantile(metric, share));
        }
        sample(name + "_count", "", metric.summary().count());
        sample(name + "_sum", "", metric.summary().sum());
      }
    }
  }

  void gauge(String name, double value) {
    header(name, "gauge");
    sample(name, "", value);
  }

  void header(String name, String type) {
    out.append("# HELP ").append(name).append(' ').append(name).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  void sample(String name, String labels, double value) {
    out.append(name).append(labels).append(' ').append(value).append('\n');
  }

  /** One label with its value escaped. */
  static String label(String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return "{" + name + "=\"" + escaped + "\"}";
  }
}
