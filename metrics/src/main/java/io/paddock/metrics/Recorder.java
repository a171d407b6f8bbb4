package io.paddock.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What many values came to, with a histogram of them. One thread records, with plain additions; any
 * thread reads, and may miss what is being recorded meanwhile.
 */
final class Recorder {
  private static final int COUNT = 0;
  private static final int SUM = 1;
  private static final int MIN = 2;
  private static final int MAX = 3;
  private static final int SIZE = 4;

  private final AtomicLongArray cells = new AtomicLongArray(SIZE);
  private final LatencyHistogram histogram = new LatencyHistogram();

  void record(long value) {
    long count = cells.getPlain(COUNT);
    cells.setOpaque(SUM, cells.getPlain(SUM) + value);
    if (count == 0 || value < cells.getPlain(MIN)) {
      cells.setOpaque(MIN, value);
    }
    if (count == 0 || value > cells.getPlain(MAX)) {
      cells.setOpaque(MAX, value);
    }
    cells.setOpaque(COUNT, count + 1);
    histogram.record(value);
  }

  /** Begins anew; by the thread that records. */
  void clear() {
    for (int i = 0; i < SIZE; i++) {
      cells.setOpaque(i, 0);
    }
    histogram.clear();
  }

  Summary summary() {
    return new Summary(
        cells.getOpaque(COUNT), cells.getOpaque(SUM), cells.getOpaque(MIN), cells.getOpaque(MAX));
  }

  /** Adds its histogram to a sum over several. */
  void addTo(long[] sum) {
    histogram.addTo(sum);
  }
}
