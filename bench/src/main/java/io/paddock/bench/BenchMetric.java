package io.paddock.bench;

import java.util.Locale;

/**
 * One number that a measurement yields for each server.
 *
 * @param label what the table calls it; unique
 * @param unit how its values are printed
 * @param higherIsBetter the direction
 * @param goal the ratio Paddock ÷ better Apache to reach; NaN when there is none
 */
record BenchMetric(String label, Unit unit, boolean higherIsBetter, double goal) {

  /** How values are printed. */
  enum Unit {
    PER_SECOND("%,.0f/s"),
    MICROS("%,.1f µs"),
    MILLIS("%,.1f ms"),
    SECONDS("%,.2f s"),
    BYTES("%,.0f B");

    private final String format;

    Unit(String format) {
      this.format = format;
    }

    String print(double value) {
      return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
  }

  static BenchMetric throughput(String name, double goal) {
    return new BenchMetric(name + " throughput", Unit.PER_SECOND, true, goal);
  }

  static BenchMetric cpu(String name, double goal) {
    return new BenchMetric(name + " server CPU", Unit.MICROS, false, goal);
  }

  static BenchMetric lower(String label, Unit unit, double goal) {
    return new BenchMetric(label, unit, false, goal);
  }

  boolean hasGoal() {
    return !Double.isNaN(goal);
  }

  /** Whether a ratio reaches the goal; without a goal, or without a ratio, it does not. */
  boolean isMet(double ratio) {
    return higherIsBetter ? ratio >= goal : ratio <= goal;
  }

  /** How many times better a ratio is than 1, whatever the direction. */
  double timesBetter(double ratio) {
    return higherIsBetter ? ratio : 1 / ratio;
  }

  /** The better of two values, either of which may be missing (NaN). */
  double better(double a, double b) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Double.isNaN(a) ? b : a;
    }
    return higherIsBetter ? Math.max(a, b) : Math.min(a, b);
  }

  String printGoal() {
    return hasGoal()
        ? (higherIsBetter ? "≥ " : "≤ ") + String.format(Locale.ROOT, "%.2f", goal)
        : "";
  }
}
