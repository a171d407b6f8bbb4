package io.paddock.server;

import java.util.function.DoubleUnaryOperator;

/**
 * One figure with its name, without prefix.
 *
 * @param kind what it is
 * @param name ZooKeeper's name of it
 * @param value of a gauge or a counter; null for a summary
 * @param summary of a summary; null else
 * @param quantile the value that a share of the records did not exceed; null where that is not
 *     known
 * @param advanced whether ZooKeeper shows percentiles of it also in mntr
 */
record Metric(
    Kind kind,
    String name,
    Number value,
    Summary summary,
    DoubleUnaryOperator quantile,
    boolean advanced) {
  enum Kind {
    GAUGE,
    COUNTER,
    SUMMARY
  }

  static Metric gauge(String name, Number value) {
    return new Metric(Kind.GAUGE, name, value, null, null, false);
  }

  static Metric counter(String name, long value) {
    return new Metric(Kind.COUNTER, name, value, null, null, false);
  }

  static Metric basic(String name, Summary summary, DoubleUnaryOperator quantile) {
    return new Metric(Kind.SUMMARY, name, null, summary, quantile, false);
  }

  static Metric advanced(String name, Summary summary, DoubleUnaryOperator quantile) {
    return new Metric(Kind.SUMMARY, name, null, summary, quantile, true);
  }
}
