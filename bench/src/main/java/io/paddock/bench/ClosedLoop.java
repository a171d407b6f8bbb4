package io.paddock.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sessions that each keep some gets or sets in flight, for a fixed time.
 *
 * @param name for {@code --only}
 * @param sets whether it sets, or gets
 * @param sessions how many
 * @param depth requests in flight on each
 * @param throughput the metric, or null when throughput is not reported
 * @param cpu likewise server CPU per request
 * @param p50 likewise the median latency
 */
record ClosedLoop(
    String name,
    boolean sets,
    int sessions,
    int depth,
    BenchMetric throughput,
    BenchMetric cpu,
    BenchMetric p50)
    implements Measurement {

  static ClosedLoop rate(
      String kind, int sessions, int depth, double throughputGoal, double cpuGoal) {
    String name = kind + " " + sessions + "x" + depth;
    return new ClosedLoop(
        name,
        kind.equals("set"),
        sessions,
        depth,
        BenchMetric.throughput(name, throughputGoal),
        BenchMetric.cpu(name, cpuGoal),
        null);
  }

  static ClosedLoop lone(String kind, double goal) {
    String name = "lone " + kind;
    return new ClosedLoop(
        name,
        kind.equals("set"),
        1,
        1,
        null,
        BenchMetric.cpu(name, Double.NaN),
        BenchMetric.lower(name + " p50", BenchMetric.Unit.MICROS, goal));
  }

  @Override
  public List<BenchMetric> metrics() {
    List<BenchMetric> metrics = new ArrayList<>();
    for (BenchMetric metric : new BenchMetric[] {p50, throughput, cpu}) {
      if (metric != null) {
        metrics.add(metric);
      }
    }
    return metrics;
  }

  @Override
  public boolean isLong() {
    return false;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    ServerProcess server = target.lasting();
    Settings.Sizes sizes = target.sizes();
    Frames load =
        sets ? Frames.sets(Target.ZNODES, Target::path) : Frames.gets(Target.ZNODES, Target::path);
    try (Driver driver = Target.connect(server, sessions)) {
      LoadResult result =
          driver.closed(
              load,
              depth,
              round == 0 ? sizes.firstWarmUpNanos() : sizes.warmUpNanos(),
              sizes.windowNanos(),
              server::cpuNanos);
      for (BenchMetric metric : metrics()) {
        double value =
            metric == p50
                ? result.latencyMicros(50)
                : metric == throughput ? result.perSecond() : result.cpuMicros();
        samples.add(metric, target.kind(), value);
        samples.addErrors(metric, target.kind(), result.errors());
      }
    }
  }
}
