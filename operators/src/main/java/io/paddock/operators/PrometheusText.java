package io.paddock.operators;

import io.paddock.metrics.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Prometheus's text format, version 0.0.4, with ZooKeeper's names: counters have no suffix, and the
 * help text is the name. All samples of a name stand together behind one head.
 */
final class PrometheusText {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private PrometheusText() {}

  /** Everything that a scrape of this server gives. */
  static String of(ServerStatus status) {
    return of(MetricsReport.withJvm(status));
  }

  static String of(List<Metric> report) {
    Map<String, List<Metric>> families = new LinkedHashMap<>();
    report.forEach(
        metric -> families.computeIfAbsent(metric.name(), name -> new ArrayList<>()).add(metric));
    StringBuilder out = new StringBuilder(64 << 10);
    families.forEach(
        (name, metrics) -> {
          String type = metrics.get(0).kind().name().toLowerCase(Locale.ROOT);
          out.append("# HELP ").append(name).append(' ').append(name).append('\n');
          out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
          for (Metric metric : metrics) {
            samples(metric, (sample, value) -> append(out, sample, value));
          }
        });
    return out.toString();
  }

  private static void append(StringBuilder out, String sample, double value) {
    out.append(sample).append(' ');
    if (Double.isInfinite(value)) {
      out.append(value > 0 ? "+Inf" : "-Inf");
    } else {
      out.append(value);
    }
    out.append('\n');
  }

  /** Gives each sample of a figure, named with its labels, and its value. */
  static void samples(Metric metric, BiConsumer<String, Double> sample) {
    String name = metric.name();
    String braces = braces(metric.labels());
    if (metric.kind() != Metric.Kind.SUMMARY) {
      sample.accept(name + braces, metric.value().doubleValue());
      return;
    }
    String before = metric.labels().isEmpty() ? "" : metric.labels() + ",";
    for (double share : shares(metric)) {
      sample.accept(
          name + braces(before + Metric.label("quantile", Double.toString(share))),
          quantile(metric, share));
    }
    sample.accept(name + "_count" + braces, (double) metric.summary().count());
    sample.accept(name + "_sum" + braces, metric.summary().sum());
  }

  private static String braces(String labels) {
    return labels.isEmpty() ? "" : "{" + labels + "}";
  }

  /** The quantiles that a summary shows. */
  private static List<Double> shares(Metric summary) {
    if (summary.quantile() == null) {
      return List.of();
    }
    return summary.advanced() ? List.of(0.5, 0.9, 0.99) : List.of(0.5);
  }

  private static double quantile(Metric summary, double share) {
    return summary.summary().count() == 0 ? Double.NaN : summary.quantile().applyAsDouble(share);
  }
}
