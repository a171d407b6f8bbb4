package io.paddock.bench;

import java.io.IOException;
import java.util.List;

/**
 * A follower that was killed and missed many creates: from the start of its process until it
 * serves, with the last of them.
 */
final class LaggingFollower implements Measurement {
  private static final BenchMetric TIME =
      BenchMetric.lower("lagging follower, start to serving", BenchMetric.Unit.SECONDS, 0.5);

  @Override
  public String name() {
    return "lagging follower";
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
    int count = target.sizes().laggingTxns();
    try (EnsembleProcess ensemble = target.startEnsemble()) {
      Target.populate(ensemble.leader(), "/before", 1, i -> "/before/n");
      ensemble.awaitEverywhere("/before/n", 0);
      ServerProcess follower = ensemble.follower();
      follower.kill();
      Target.populate(ensemble.leader(), "/bench", count, Target::path);
      long start = System.nanoTime();
      follower.launch();
      EnsembleProcess.awaitOn(follower, Target.path(count - 1), count - 1);
      samples.add(TIME, target.kind(), (System.nanoTime() - start) / 1e9);
    }
  }
}
