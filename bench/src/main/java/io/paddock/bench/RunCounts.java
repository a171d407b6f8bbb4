package io.paddock.bench;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What a {@link Driver} counts during a run. Errors are of the whole run, all else of the window.
 */
final class RunCounts {
  private static final long LATENCY_MAX_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final Histogram latencies = new Histogram(LATENCY_MAX_NANOS, 3);
  private LatencyTimeline timeline;
  private long replies;
  private long errors;

  /**
   * Starts a run.
   *
   * @param times where latencies are noted by time as well, or null
   */
  void begin(LatencyTimeline times) {
    timeline = times;
    errors = 0;
    startWindow();
  }

  void startWindow() {
    replies = 0;
    latencies.reset();
  }

  /** Notes a right reply that arrived at {@code now}. */
  void right(long now, long latencyNanos) {
    replies++;
    latencies.recordValue(Math.min(latencyNanos, LATENCY_MAX_NANOS));
    if (timeline != null) {
      timeline.record(now, latencyNanos);
    }
  }

  /** Notes a wrong reply, a refusal, or a request that could not be sent. */
  void wrong() {
    errors++;
  }

  long errors() {
    return errors;
  }

  long replies() {
    return replies;
  }

  Histogram latencies() {
    return latencies.copy();
  }
}
