package io.paddock.bench;

import java.io.IOException;
import java.util.List;

/**
 * Sets at a fixed rate, half of what the better Apache reached when pressed: the p99 of the time
 * from when each was due to its reply.
 */
final class OpenSets implements Measurement {
  static final String NAME = "set open";
  private static final int SESSIONS = 256;
  private static final BenchMetric P99 =
      BenchMetric.lower(
          "set p99, open loop at half of Apache's peak", BenchMetric.Unit.MICROS, 0.5);

  private final BenchMetric peak;

  /**
   * @param peak the throughput whose best Apache value is the peak; measured before
   */
  OpenSets(BenchMetric peak) {
    this.peak = peak;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(P99);
  }

  @Override
  public boolean isLong() {
    return false;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    double best = samples.betterApache(peak);
    if (Double.isNaN(best)) {
      throw new IOException("Apache's peak is not known: " + peak.label() + " was not measured");
    }
    ServerProcess server = target.lasting();
    Settings.Sizes sizes = target.sizes();
    try (Driver driver = Target.connect(server, SESSIONS)) {
      LoadResult result =
          driver.open(
              Frames.sets(Target.ZNODES, Target::path),
              best / 2,
              sizes.warmUpNanos(),
              sizes.windowNanos(),
              server::cpuNanos);
      samples.add(P99, target.kind(), result.latencyMicros(99));
      samples.addErrors(P99, target.kind(), result.errors());
    }
  }
}
