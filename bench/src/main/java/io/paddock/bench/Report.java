package io.paddock.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The outcome as a table for people and as JSON for programs. */
final class Report {
  private static final List<String> HEADINGS =
      List.of(
          "measurement", "Apache NIO", "Apache Netty", "better", "Paddock", "ratio", "goal", "met");

  private final List<BenchMetric> metrics;
  private final Samples samples;

  Report(List<BenchMetric> metrics, Samples samples) {
    this.metrics = metrics;
    this.samples = samples;
  }

  /** An aligned table, one line per metric. */
  String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    metrics.forEach(metric -> rows.add(row(metric)));
    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        table.append(i == 0 ? row.get(i) + pad : "  " + pad + row.get(i));
      }
      table.append('\n');
    }
    return table.toString();
  }

  /** Medians, all rounds, ratios and goals, with the given facts about the run. */
  String json(Map<String, Object> facts) throws IOException {
    List<Map<String, Object>> measurements = new ArrayList<>();
    for (BenchMetric metric : metrics) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("measurement", metric.label());
      entry.put("higherIsBetter", metric.higherIsBetter());
      entry.put("unit", metric.unit().name());
      for (ServerKind kind : ServerKind.values()) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("median", orNull(samples.median(metric, kind)));
        values.put("rounds", samples.values(metric, kind));
        values.put("errors", samples.errors(metric, kind));
        entry.put(kind.id(), values);
      }
      double ratio = samples.ratio(metric);
      entry.put("ratio", orNull(ratio));
      entry.put("goal", orNull(metric.goal()));
      entry.put("most", orNull(metric.most()));
      entry.put("met", metric.isMet(ratio, samples.median(metric, ServerKind.PADDOCK)));
      measurements.add(entry);
    }
    Map<String, Object> all = new LinkedHashMap<>(facts);
    all.put("measurements", measurements);
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all);
  }

  private List<String> row(BenchMetric metric) {
    double ratio = samples.ratio(metric);
    Boolean met = metric.isMet(ratio, samples.median(metric, ServerKind.PADDOCK));
    return List.of(
        metric.label(),
        cell(metric, ServerKind.APACHE_NIO),
        cell(metric, ServerKind.APACHE_NETTY),
        metric.unit().print(samples.betterApache(metric)),
        cell(metric, ServerKind.PADDOCK),
        Double.isNaN(ratio) ? "-" : String.format(Locale.ROOT, "%.2f", ratio),
        metric.printGoal(),
        met == null ? "" : met ? "yes" : "no");
  }

  private String cell(BenchMetric metric, ServerKind kind) {
    long errors = samples.errors(metric, kind);
    return errors > 0 ? errors + " errors" : metric.unit().print(samples.median(metric, kind));
  }

  private static Object orNull(double value) {
    return Double.isNaN(value) || Double.isInfinite(value) ? null : value;
  }
}
