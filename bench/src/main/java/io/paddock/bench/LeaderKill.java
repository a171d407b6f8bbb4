package io.paddock.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * kill -9 of an ensemble's leader until the first set is acknowledged, by whichever of the two
 * other servers is first to take one; several times. The killed server is back before the next one
 * goes.
 */
final class LeaderKill implements Measurement {
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long PAUSE_MILLIS = 2;
  private static final BenchMetric TIME =
      BenchMetric.lower("leader killed to first set", BenchMetric.Unit.SECONDS, 0.5);

  @Override
  public String name() {
    return "leader killed";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(TIME);
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    try (EnsembleProcess ensemble = target.startEnsemble()) {
      Target.populate(ensemble.leader(), "/bench", 1, Target::path);
      ensemble.awaitEverywhere(Target.path(0), 0);
      for (int i = 0; i < target.sizes().leaderKills(); i++) {
        ServerProcess leader = ensemble.leader();
        List<CompletableFuture<Long>> firsts = new ArrayList<>();
        long start = System.nanoTime();
        leader.kill();
        for (ServerProcess server : ensemble.servers()) {
          if (server != leader) {
            firsts.add(CompletableFuture.supplyAsync(() -> firstSet(server)));
          }
        }
        long first = Long.MAX_VALUE;
        for (CompletableFuture<Long> each : firsts) {
          first = Math.min(first, each.join());
        }
        if (first == Long.MAX_VALUE) {
          throw new IOException("no set was acknowledged within 60 s of the leader's end");
        }
        samples.add(TIME, target.kind(), (first - start) / 1e9);
        leader.launch();
        leader.awaitServing();
      }
    }
  }

  /** When the server acknowledged a set, by {@link System#nanoTime}; the largest long for never. */
  private static long firstSet(ServerProcess server) {
    Frames set = Frames.sets(1, Target::path);
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (System.nanoTime() < deadline) {
      try (Driver driver = Driver.probe(server.endpoint())) {
        boolean done = driver.counted(set, 1, 1, () -> 0).replies() == 1;
        long now = System.nanoTime();
        if (done) {
          return now;
        }
      } catch (IOException e) {
        // It has no leader yet.
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Long.MAX_VALUE;
      }
    }
    return Long.MAX_VALUE;
  }
}
