package io.paddock.bench;

import java.util.Locale;

/**
 * One number that a measurement yields for each server. Its goal is a ratio Paddock ÷ better
 * Apache, or the most that Paddock may have.
 *
 * @param label what the table calls it; unique
 * @param unit how its values are printed
 * @param higherIsBetter the direction
 * @param goal the ratio to reach; NaN when there is none
 * @param most the value that Paddock must not exceed; NaN when there is no such goal
 */
record BenchMetric(String label, Unit unit, boolean higherIsBetter, double goal, double most) {

  /** How values are printed. */
  enum Unit {
    PER_SECOND("%,.0f/s"),
    MICROS("%,.1f µs"),
    MILLIS("%,.1f ms"),
    SECONDS("%,.2f s"),
    BYTES("%,.0f B"),
    COUNT("%,.0f");

    private final String format;

    Unit(String format) {
      this.format = format;
    }

    String print(double value) {
      return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
  }

  BenchMetric(String label, Unit unit, boolean higherIsBetter, double goal) {
    this(label, unit, higherIsBetter, goal, Double.NaN);
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

  /** Less is better, and this is the most that Paddock may have, whatever Apache has. */
  static BenchMetric atMost(String label, Unit unit, double most) {
    return new BenchMetric(label, unit, false, Double.NaN, most);
  }

  /** Whether there is a ratio to reach. */
  boolean hasGoal() {
    return !Double.isNaN(goal);
  }

  /** Whether a ratio reaches the goal; without a goal, or without a ratio, it does not. */
  boolean isMet(double ratio) {
    return higherIsBetter ? ratio >= goal : ratio <= goal;
  }

  /**
   * Whether the goal is reached, of whichever kind; null when there is none, or no value to judge.
   *
   * @param own Paddock's value
   */
  Boolean isMet(double ratio, double own) {
    double judged = Double.isNaN(most) ? ratio : own;
    boolean has = hasGoal() || !Double.isNaN(most);
    return !has || Double.isNaN(judged) ? null : Double.isNaN(most) ? isMet(ratio) : own <= most;
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
    if (!Double.isNaN(most)) {
      return "≤ " + unit.print(most);
    }
    return hasGoal()
        ? (higherIsBetter ? "≥ " : "≤ ") + String.format(Locale.ROOT, "%.2f", goal)
        : "";
  }
}
