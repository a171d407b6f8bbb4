package io.paddock.bench;

import io.paddock.bench.ClosedLoop.Where;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;

/** The measurements in their order, and the rounds in which the servers take turns. */
final class Suite {
  private static final long ROUND_MILLIS_MAX = TimeUnit.MINUTES.toMillis(20);

  private final List<Measurement> measurements;

  private Suite(List<Measurement> measurements) {
    this.measurements = measurements;
  }

  /** Everything, with the goals of Paddock's own issue. */
  static Suite all() {
    double none = Double.NaN;
    ClosedLoop peak = ClosedLoop.rate(Where.ALONE, 100, 256, 4, 2, 0.4);
    return new Suite(
        List.of(
            ClosedLoop.rate(Where.ALONE, 0, 16, 16, 2, 0.35),
            ClosedLoop.rate(Where.ALONE, 0, 1, 64, 2, 0.35),
            ClosedLoop.rate(Where.ALONE, 0, 256, 1, none, 0.6),
            ClosedLoop.rate(Where.ALONE, 0, 2000, 1, none, 0.6),
            ClosedLoop.lone(Where.ALONE, 0, 0.75),
            ClosedLoop.lone(Where.ALONE, 100, 0.75),
            ClosedLoop.rate(Where.ALONE, 100, 16, 1, 1.3, 0.5),
            ClosedLoop.rate(Where.ALONE, 100, 256, 1, 1.6, 0.5),
            peak,
            new OpenSets(peak.throughput()),
            new FanOut(),
            new WideChildren(),
            new WatchMemory(),
            new SessionMemory(0.8),
            WithSetting.audit(false),
            WithSetting.audit(true),
            new LargeTree()));
  }

  /** Clients by TLS, with certificates on both sides. */
  static Suite tls() {
    double none = Double.NaN;
    return new Suite(
        List.of(
            ClosedLoop.rate(Where.ALONE, 0, 16, 16, 2, none),
            ClosedLoop.rate(Where.ALONE, 100, 16, 16, 2, none),
            ClosedLoop.rate(Where.ALONE, 0, 256, 1, none, 0.6),
            ClosedLoop.rate(Where.ALONE, 100, 256, 1, none, 0.6),
            new HandshakeRate(),
            new SessionMemory(0.6),
            WithSetting.handshakes("JDK"),
            WithSetting.handshakes("OPENSSL"),
            WithSetting.provider("JDK", 0, 256, 1),
            WithSetting.provider("OPENSSL", 0, 256, 1),
            WithSetting.provider("JDK", 100, 16, 16),
            WithSetting.provider("OPENSSL", 100, 16, 16)));
  }

  /** The task system on each server. */
  static Suite tasks() {
    return new Suite(List.of(new TaskFlow(), new TaskBacklog()));
  }

  /** Three servers of each, with the goals of the ensemble's issue. */
  static Suite ensemble() {
    double none = Double.NaN;
    return new Suite(
        List.of(
            ClosedLoop.rate(Where.LEADER, 100, 64, 4, 2, 0.45),
            ClosedLoop.rate(Where.FOLLOWER, 100, 64, 4, 2.5, 0.4),
            ClosedLoop.lone(Where.LEADER, 100, 0.7),
            ClosedLoop.lone(Where.FOLLOWER, 100, 0.7),
            ClosedLoop.rate(Where.ALL, 0, 96, 4, 2, none),
            ClosedLoop.rate(Where.ALL, 30, 96, 2, 2.5, none),
            ClosedLoop.lone(Where.LEADER, ClosedLoop.SYNC, none),
            ClosedLoop.lone(Where.FOLLOWER, ClosedLoop.SYNC, none),
            ClosedLoop.rate(Where.LEADER, ClosedLoop.SYNC, 64, 4, none, none),
            ClosedLoop.rate(Where.FOLLOWER, ClosedLoop.SYNC, 64, 4, none, none),
            new LeaderKill(),
            LeaderChange.killed(),
            LeaderChange.stopped(),
            LeaderChange.usedUp(),
            new Storm(),
            new LaggingFollower()));
  }

  /**
   * Those whose names contain one of the words, and what they need; all when there are no words.
   *
   * @throws IllegalArgumentException when a word is in no name
   */
  Suite only(List<String> words) {
    if (words.isEmpty()) {
      return this;
    }
    List<String> wanted = new ArrayList<>(words);
    List<Measurement> chosen = new ArrayList<>();
    for (String word : words) {
      if (measurements.stream().noneMatch(m -> m.name().contains(word))) {
        throw new IllegalArgumentException(
            "no measurement is called " + word + "; there are " + names());
      }
      if (OpenSets.NAME.contains(word)) {
        wanted.add("set 256x4");
      }
    }
    for (Measurement measurement : measurements) {
      if (wanted.stream().anyMatch(measurement.name()::contains)) {
        chosen.add(measurement);
      }
    }
    return new Suite(chosen);
  }

  List<String> names() {
    return measurements.stream().map(Measurement::name).toList();
  }

  List<BenchMetric> metrics() {
    return measurements.stream().flatMap(m -> m.metrics().stream()).toList();
  }

  /** Runs everything; a failed round is told, and takes away the numbers it did not yield. */
  Samples run(List<Target> targets, Settings.Sizes sizes, PrintWriter progress) throws IOException {
    Samples samples = new Samples();
    for (Measurement measurement : measurements) {
      if (measurement.missing().isPresent()) {
        progress.printf("%s skipped: %s%n", measurement.name(), measurement.missing().get());
        continue;
      }
      long start = System.nanoTime();
      int rounds = measurement.isLong() ? sizes.longRounds() : sizes.rounds();
      if (measurement.isLong()) {
        for (Target target : targets) {
          target.closeLasting();
        }
      }
      for (int round = 0; round < rounds; round++) {
        for (Target target : targets) {
          runRound(measurement, round, target, samples, progress);
        }
      }
      tell(measurement, targets, samples, (System.nanoTime() - start) / 1e9, progress);
    }
    return samples;
  }

  private static void runRound(
      Measurement measurement, int round, Target target, Samples samples, PrintWriter progress) {
    Map<BenchMetric, Integer> before = new HashMap<>();
    for (BenchMetric metric : measurement.metrics()) {
      before.put(metric, samples.values(metric, target.kind()).size());
    }
    Timer watchdog = new Timer("bench-watchdog", true);
    watchdog.schedule(kill(target), ROUND_MILLIS_MAX);
    try {
      measurement.round(target, round, samples);
    } catch (IOException | RuntimeException e) {
      progress.printf(
          "  %s failed in %s: %s%n", target.kind().label(), measurement.name(), e.getMessage());
      before.forEach(
          (metric, count) -> {
            if (samples.values(metric, target.kind()).size() == count) {
              samples.addErrors(metric, target.kind(), 1);
            }
          });
    } finally {
      watchdog.cancel();
    }
  }

  /** Ends a round that hangs: with its server gone, its reads end too. */
  private static TimerTask kill(Target target) {
    return new TimerTask() {
      @Override
      public void run() {
        target.killAll();
      }
    };
  }

  private static void tell(
      Measurement measurement,
      List<Target> targets,
      Samples samples,
      double seconds,
      PrintWriter progress) {
    progress.printf(Locale.ROOT, "%s (%.0f s)%n", measurement.name(), seconds);
    for (BenchMetric metric : measurement.metrics()) {
      StringBuilder line = new StringBuilder("  ").append(metric.label()).append(':');
      for (Target target : targets) {
        double median = samples.median(metric, target.kind());
        line.append("  ").append(target.kind().label()).append(' ');
        line.append(metric.unit().print(median));
      }
      progress.println(line);
    }
    progress.flush();
  }
}
