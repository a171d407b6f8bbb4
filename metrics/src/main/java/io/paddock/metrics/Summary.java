package io.paddock.metrics;

/**
 * What many recorded values came to.
 *
 * @param count of values
 * @param sum of them
 * @param min 0 when there are none
 * @param max 0 when there are none
 */
public record Summary(long count, double sum, long min, long max) {
  public static final Summary EMPTY = new Summary(0, 0, 0, 0);

  public double average() {
    return count == 0 ? 0 : sum / count;
  }

  Summary dividedBy(long divisor) {
    return divisor == 1 ? this : new Summary(count, sum / divisor, min / divisor, max / divisor);
  }

  Summary plus(Summary other) {
    if (count == 0 || other.count == 0) {
      return count == 0 ? other : this;
    }
    return new Summary(
        count + other.count, sum + other.sum, Math.min(min, other.min), Math.max(max, other.max));
  }
}
