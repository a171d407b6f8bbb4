package io.paddock.metrics;

import java.util.Locale;

/**
 * Durations and sizes recorded for each of several things by name, such as the top-level znodes.
 * The names of the figures are ZooKeeper's, in lower case.
 */
public enum KeyedSummary {
  READ_PER_NAMESPACE(HotSummary.Unit.NUMBER, false),
  WRITE_PER_NAMESPACE(HotSummary.Unit.NUMBER, false),
  LEARNER_HANDLER_QP_SIZE(HotSummary.Unit.NUMBER, false),
  LEARNER_HANDLER_QP_TIME_MS(HotSummary.Unit.NANOS, true),
  ACK_LATENCY(HotSummary.Unit.NUMBER, true);

  final HotSummary.Unit unit;

  /** Whether ZooKeeper shows percentiles of it in mntr. */
  public final boolean advanced;

  KeyedSummary(HotSummary.Unit unit, boolean advanced) {
    this.unit = unit;
    this.advanced = advanced;
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
