package io.paddock.metrics;

import java.util.Collection;
import java.util.function.DoubleUnaryOperator;

/**
 * What the recorders of several threads came to, in the unit that is shown.
 *
 * @param summary of all values
 * @param quantile the value that a share of the records did not exceed
 */
public record Distribution(Summary summary, DoubleUnaryOperator quantile) {
  public static final Distribution EMPTY = new Distribution(Summary.EMPTY, share -> 0);

  /**
   * The sum over several threads; null stands for one that recorded nothing.
   *
   * @param unit of the records
   */
  static Distribution of(Collection<Recorder> recorders, HotSummary.Unit unit) {
    Summary sum = Summary.EMPTY;
    long[] counts = new long[LatencyHistogram.BUCKETS];
    for (Recorder recorder : recorders) {
      if (recorder != null) {
        sum = sum.plus(recorder.summary());
        recorder.addTo(counts);
      }
    }
    return new Distribution(
        sum.dividedBy(unit.divisor),
        share -> LatencyHistogram.quantile(counts, share) / (double) unit.divisor);
  }
}
