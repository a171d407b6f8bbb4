package io.paddock.bench;

import org.HdrHistogram.Histogram;

/**
 * What one run of a {@link Driver} saw.
 *
 * @param replies right replies inside the window
 * @param errors wrong, refused or missing replies of the whole run
 * @param nanos length of the window
 * @param serverCpuNanos CPU time the server used inside the window
 * @param latencies nanoseconds from send (closed loop) or from the intended send (open loop) to the
 *     reply
 */
record LoadResult(long replies, long errors, long nanos, long serverCpuNanos, Histogram latencies) {

  double perSecond() {
    return replies * 1e9 / nanos;
  }

  /** Server CPU per reply. */
  double cpuMicros() {
    return replies == 0 ? Double.NaN : serverCpuNanos / 1e3 / replies;
  }

  /** Latency at a percentile, in microseconds. */
  double latencyMicros(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }
}
