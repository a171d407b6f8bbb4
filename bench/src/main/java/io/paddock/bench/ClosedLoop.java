package io.paddock.bench;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Sessions that each keep some requests in flight, for a fixed time. CPU is that of the server, or
 * of all three servers of an ensemble.
 *
 * @param name for {@code --only}
 * @param where which servers the sessions are on
 * @param setPercent how many of a hundred requests are sets, the others being gets; or {@link
 *     #SYNC}
 * @param sessions how many
 * @param depth requests in flight on each
 * @param throughput the metric, or null when throughput is not reported
 * @param cpu likewise server CPU per request
 * @param p50 likewise the median latency
 */
@SuppressWarnings("ReferenceEquality") // Those very metrics.
record ClosedLoop(
    String name,
    Where where,
    int setPercent,
    int sessions,
    int depth,
    BenchMetric throughput,
    BenchMetric cpu,
    BenchMetric p50)
    implements Measurement {
  /** Syncs and nothing else, in the place of a percentage of sets. */
  static final int SYNC = -1;

  /** Which servers the sessions are on: a server alone, or some of an ensemble's three. */
  enum Where {
    ALONE(""),
    LEADER(" via the leader"),
    FOLLOWER(" via a follower"),
    ALL(" over the three");

    private final String words;

    Where(String words) {
      this.words = words;
    }

    private List<Endpoint> addresses(Target target) throws IOException {
      return switch (this) {
        case ALONE -> List.of(target.lasting().endpoint());
        case LEADER -> List.of(target.lastingEnsemble().leader().endpoint());
        case FOLLOWER -> List.of(target.lastingEnsemble().follower().endpoint());
        case ALL -> target.lastingEnsemble().endpoints();
      };
    }

    private LongSupplier cpuNanos(Target target) throws IOException {
      return this == ALONE ? target.lasting()::cpuNanos : target.lastingEnsemble()::cpuNanos;
    }
  }

  /** Sets, gets, or a mix of them, by as many sessions as are wanted. */
  static ClosedLoop rate(
      Where where, int setPercent, int sessions, int depth, double throughputGoal, double cpuGoal) {
    String name = kind(setPercent) + where.words + " " + sessions + "x" + depth;
    return new ClosedLoop(
        name,
        where,
        setPercent,
        sessions,
        depth,
        BenchMetric.throughput(name, throughputGoal),
        BenchMetric.cpu(name, cpuGoal),
        null);
  }

  /** As {@link #rate} under a name that begins otherwise, on a server that somebody else starts. */
  static ClosedLoop own(String prefix, int setPercent, int sessions, int depth) {
    String name = prefix + kind(setPercent) + " " + sessions + "x" + depth;
    return new ClosedLoop(
        name,
        Where.ALONE,
        setPercent,
        sessions,
        depth,
        BenchMetric.throughput(name, Double.NaN),
        BenchMetric.cpu(name, Double.NaN),
        null);
  }

  /** One session, one request at a time. */
  static ClosedLoop lone(Where where, int setPercent, double goal) {
    String name = "lone " + kind(setPercent) + where.words;
    BenchMetric p50 = BenchMetric.lower(name + " p50", BenchMetric.Unit.MICROS, goal);
    return new ClosedLoop(
        name, where, setPercent, 1, 1, null, BenchMetric.cpu(name, Double.NaN), p50);
  }

  private static String kind(int setPercent) {
    return switch (setPercent) {
      case SYNC -> "sync";
      case 0 -> "get";
      case 100 -> "set";
      default -> (100 - setPercent) + "/" + setPercent + " mix";
    };
  }

  private DriverLoad load() {
    Frames gets = Frames.gets(Target.ZNODES, Target::path);
    Frames sets = Frames.sets(Target.ZNODES, Target::path);
    return switch (setPercent) {
      case SYNC -> Frames.syncs(Target.ZNODES, Target::path);
      case 0 -> gets;
      case 100 -> sets;
      default -> new Mix(gets, sets, setPercent);
    };
  }

  @Override
  public List<BenchMetric> metrics() {
    return Stream.of(p50, throughput, cpu).filter(Objects::nonNull).toList();
  }

  @Override
  public boolean isLong() {
    return false;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    Settings.Sizes sizes = target.sizes();
    measure(
        where.addresses(target),
        where.cpuNanos(target),
        round == 0 ? sizes.firstWarmUpNanos() : sizes.warmUpNanos(),
        target,
        samples);
  }

  /** One round on servers that are there. */
  void measure(
      List<Endpoint> servers,
      LongSupplier cpuNanos,
      long warmUpNanos,
      Target target,
      Samples samples)
      throws IOException {
    try (Driver driver = Driver.connect(servers, sessions, Target.SESSION_TIMEOUT_MILLIS)) {
      LoadResult result =
          driver.closed(load(), depth, warmUpNanos, target.sizes().windowNanos(), cpuNanos);
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
