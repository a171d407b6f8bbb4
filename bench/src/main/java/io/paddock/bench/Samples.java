package io.paddock.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every value that the rounds yielded, and the errors they saw. Not thread-safe. */
final class Samples {
  private final Map<BenchMetric, Map<ServerKind, List<Double>>> values = new HashMap<>();
  private final Map<BenchMetric, Map<ServerKind, Long>> errors = new HashMap<>();

  void add(BenchMetric metric, ServerKind kind, double value) {
    values
        .computeIfAbsent(metric, m -> new EnumMap<>(ServerKind.class))
        .computeIfAbsent(kind, k -> new ArrayList<>())
        .add(value);
  }

  /** Notes wrong or missing replies: a number gained with them counts for nothing. */
  void addErrors(BenchMetric metric, ServerKind kind, long count) {
    if (count > 0) {
      errors
          .computeIfAbsent(metric, m -> new EnumMap<>(ServerKind.class))
          .merge(kind, count, Long::sum);
    }
  }

  long errors(BenchMetric metric, ServerKind kind) {
    return errors.getOrDefault(metric, Map.of()).getOrDefault(kind, 0L);
  }

  List<Double> values(BenchMetric metric, ServerKind kind) {
    return Collections.unmodifiableList(
        values.getOrDefault(metric, Map.of()).getOrDefault(kind, List.of()));
  }

  /** The median of the rounds; NaN without any, or when a reply was wrong. */
  double median(BenchMetric metric, ServerKind kind) {
    return errors(metric, kind) > 0 ? Double.NaN : median(values(metric, kind));
  }

  /** The better of Apache's two variants; NaN without any. */
  double betterApache(BenchMetric metric) {
    return metric.better(
        median(metric, ServerKind.APACHE_NIO), median(metric, ServerKind.APACHE_NETTY));
  }

  /** Paddock ÷ the better Apache, of medians; NaN when either is missing. */
  double ratio(BenchMetric metric) {
    return median(metric, ServerKind.PADDOCK) / betterApache(metric);
  }

  static double median(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
