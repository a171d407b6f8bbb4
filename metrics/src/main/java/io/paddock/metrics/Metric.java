package io.paddock.metrics;

import java.util.function.DoubleUnaryOperator;

/**
 * One figure with its name, without prefix.
 *
 * @param kind what it is
 * @param name ZooKeeper's name of it
 * @param key what it is a figure of, such as a top-level znode; null where there is one only
 * @param labels for Prometheus, as they stand between braces; empty for none
 * @param value of a gauge or a counter; null for a summary
 * @param summary of a summary; null else
 * @param quantile the value that a share of the records did not exceed; null where that is not
 *     known
 * @param advanced whether ZooKeeper shows percentiles of it also in mntr
 */
public record Metric(
    Kind kind,
    String name,
    String key,
    String labels,
    Number value,
    Summary summary,
    DoubleUnaryOperator quantile,
    boolean advanced) {
  public enum Kind {
    GAUGE,
    COUNTER,
    SUMMARY
  }

  public static Metric gauge(String name, Number value) {
    return new Metric(Kind.GAUGE, name, null, "", value, null, null, false);
  }

  public static Metric counter(String name, Number value) {
    return new Metric(Kind.COUNTER, name, null, "", value, null, null, false);
  }

  public static Metric basic(String name, Summary summary, DoubleUnaryOperator quantile) {
    return new Metric(Kind.SUMMARY, name, null, "", null, summary, quantile, false);
  }

  static Metric advanced(String name, Summary summary, DoubleUnaryOperator quantile) {
    return new Metric(Kind.SUMMARY, name, null, "", null, summary, quantile, true);
  }

  public static Metric of(String name, Distribution values, boolean advanced) {
    return advanced
        ? advanced(name, values.summary(), values.quantile())
        : basic(name, values.summary(), values.quantile());
  }

  /** The same of one thing among several. */
  public Metric of(String thing) {
    return new Metric(kind, name, thing, label("key", thing), value, summary, quantile, advanced);
  }

  /** The same with these labels. */
  public Metric labelled(String newLabels) {
    return new Metric(kind, name, key, newLabels, value, summary, quantile, advanced);
  }

  /** One label with its value escaped. */
  public static String label(String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return name + "=\"" + escaped + "\"";
  }

  /** The name as the default provider has it, with the key before it. */
  public String flatName() {
    return key == null ? name : key + "_" + name;
  }
}
