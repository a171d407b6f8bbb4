package io.paddock.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Sessions on an ensemble that each keep some requests in flight, for a fixed time. CPU is that of
 * all three servers.
 *
 * @param name for {@code --only}
 * @param where which servers the sessions are on
 * @param setPercent how many of a hundred requests are sets; the others are gets
 * @param sessions how many
 * @param depth requests in flight on each
 * @param throughput the metric, or null when throughput is not reported
 * @param cpu likewise CPU per request
 * @param p50 likewise the median latency
 */
record EnsembleLoop(
    String name,
    Where where,
    int setPercent,
    int sessions,
    int depth,
    BenchMetric throughput,
    BenchMetric cpu,
    BenchMetric p50)
    implements Measurement {

  /** Which servers the sessions are on. */
  enum Where {
    LEADER("via the leader"),
    FOLLOWER("via a follower"),
    ALL("over the three");

    private final String words;

    Where(String words) {
      this.words = words;
    }

    private List<InetSocketAddress> of(EnsembleProcess ensemble) throws IOException {
      return switch (this) {
        case LEADER -> List.of(ensemble.leader().address());
        case FOLLOWER -> List.of(ensemble.follower().address());
        case ALL -> ensemble.addresses();
      };
    }
  }

  static EnsembleLoop sets(Where where, double throughputGoal, double cpuGoal) {
    return rate("set", where, 100, 64, 4, throughputGoal, cpuGoal);
  }

  static EnsembleLoop gets(double throughputGoal) {
    return rate("get", Where.ALL, 0, 96, 4, throughputGoal, Double.NaN);
  }

  static EnsembleLoop mix(double throughputGoal) {
    return rate("70/30 mix", Where.ALL, 30, 96, 2, throughputGoal, Double.NaN);
  }

  static EnsembleLoop loneSet(Where where, double goal) {
    String name = "lone set " + where.words;
    BenchMetric p50 = BenchMetric.lower(name + " p50", BenchMetric.Unit.MICROS, goal);
    BenchMetric cpu = BenchMetric.cpu(name, Double.NaN);
    return new EnsembleLoop(name, where, 100, 1, 1, null, cpu, p50);
  }

  private static EnsembleLoop rate(
      String kind,
      Where where,
      int setPercent,
      int sessions,
      int depth,
      double throughputGoal,
      double cpuGoal) {
    String name = kind + " " + where.words + " " + sessions + "x" + depth;
    return new EnsembleLoop(
        name,
        where,
        setPercent,
        sessions,
        depth,
        BenchMetric.throughput(name, throughputGoal),
        BenchMetric.cpu(name, cpuGoal),
        null);
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
    EnsembleProcess ensemble = target.lastingEnsemble();
    Settings.Sizes sizes = target.sizes();
    DriverLoad load =
        new Mix(
            Frames.gets(Target.ZNODES, Target::path),
            Frames.sets(Target.ZNODES, Target::path),
            setPercent);
    try (Driver driver =
        Driver.connect(where.of(ensemble), sessions, Target.SESSION_TIMEOUT_MILLIS)) {
      LoadResult result =
          driver.closed(
              load,
              depth,
              round == 0 ? sizes.firstWarmUpNanos() : sizes.warmUpNanos(),
              sizes.windowNanos(),
              ensemble::cpuNanos);
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
