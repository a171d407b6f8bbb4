package io.paddock.bench;

import java.io.IOException;
import java.util.List;

/**
 * What 200 clients that write at the two other servers notice when the leader changes: because it
 * is killed, because it is stopped, or because its epoch has no zxids left. Stateless.
 */
final class LeaderChange implements Measurement {
  private static final int CLIENTS = 200;
  private static final int WRITES = 5;

  /** So many transactions an epoch has where it is to be used up. */
  private static final long TXNS = 10_000;

  private enum Cause {
    KILLED,
    STOPPED,
    USED_UP
  }

  private final Cause cause;
  private final String name;
  private final BenchMetric cut;
  private final BenchMetric failed;
  private final BenchMetric longest;

  private LeaderChange(Cause cause, String name, BenchMetric longest) {
    this.cause = cause;
    this.name = name;
    this.cut = BenchMetric.atMost(name + ", clients cut of 200", BenchMetric.Unit.COUNT, 0);
    this.failed = BenchMetric.atMost(name + ", sets failed or unknown", BenchMetric.Unit.COUNT, 0);
    this.longest = longest;
  }

  /** kill -9. */
  static LeaderChange killed() {
    String name = "leader killed under load";
    return new LeaderChange(
        Cause.KILLED,
        name,
        BenchMetric.lower(name + ", longest wait for a set", BenchMetric.Unit.MILLIS, 0.25));
  }

  /** SIGTERM. */
  static LeaderChange stopped() {
    return planned(Cause.STOPPED, "leader stopped");
  }

  /** The 32-bit counter of zxids rolls over. */
  static LeaderChange usedUp() {
    return planned(Cause.USED_UP, "roll-over");
  }

  private static LeaderChange planned(Cause cause, String name) {
    return new LeaderChange(
        cause,
        name,
        BenchMetric.atMost(name + ", longest wait for a set", BenchMetric.Unit.MILLIS, 50));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(cut, failed, longest);
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    // Apache's own key for trying this: an epoch's counter begins there.
    List<String> more =
        cause == Cause.USED_UP
            ? List.of("testingonly.initialZxid=" + (0xffffffffL - TXNS))
            : List.of();
    try (EnsembleProcess ensemble = target.startEnsemble(more)) {
      Target.populate(ensemble.leader(), "/bench", CLIENTS, Target::path);
      ensemble.awaitEverywhere(Target.path(CLIENTS - 1), CLIENTS - 1);
      for (int i = 0; i < target.sizes().leaderKills(); i++) {
        change(target, ensemble, samples);
      }
    }
  }

  private void change(Target target, EnsembleProcess ensemble, Samples samples) throws IOException {
    ServerProcess leader = ensemble.leader();
    List<Endpoint> others = ensemble.others(leader).stream().map(ServerProcess::endpoint).toList();
    try (EnduringClients clients = EnduringClients.start(others, CLIENTS)) {
      clients.awaitWrites(WRITES);
      long epoch = clients.epoch();
      clients.count();
      switch (cause) {
        case KILLED -> leader.kill();
        case STOPPED -> leader.terminate();
        default -> {
          // The clients' own writes use it up.
        }
      }
      clients.awaitEpochAfter(epoch);
      clients.awaitWrites(WRITES);
      EnduringClients.Seen seen = clients.seen();
      samples.add(cut, target.kind(), seen.cut());
      samples.add(failed, target.kind(), seen.failed());
      samples.add(longest, target.kind(), seen.longestNanos() / 1e6);
    } finally {
      if (cause != Cause.USED_UP) {
        leader.kill();
        leader.launch();
        leader.awaitServing();
      }
    }
  }
}
