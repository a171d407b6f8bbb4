package io.paddock.bench;

import java.io.IOException;
import java.util.List;

/**
 * Live heap per data watch, in the two forms that watches come in: each on a znode of its own, as
 * locks and queues have them, and many sessions on the same znodes, as configuration has them.
 */
final class WatchMemory implements Measurement {
  private static final int WATCHES_PER_SESSION = 1000;
  private static final int SNAP_COUNT = 100_000;
  private static final BenchMetric OWN =
      BenchMetric.lower("live heap per watch, each on its own znode", BenchMetric.Unit.BYTES, 0.4);
  private static final BenchMetric SHARED =
      BenchMetric.lower(
          "live heap per watch, on 1,000 shared znodes", BenchMetric.Unit.BYTES, Double.NaN);

  @Override
  public String name() {
    return "watch memory";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(OWN, SHARED);
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    int watches = target.sizes().watches();
    try (ServerProcess server = target.startServer(SNAP_COUNT, List.of())) {
      Target.populate(server, "/bench", watches, Target::path);
      measure(target, server, WATCHES_PER_SESSION, SHARED, samples);
      measure(target, server, watches, OWN, samples);
    }
  }

  private static void measure(
      Target target, ServerProcess server, int znodes, BenchMetric metric, Samples samples)
      throws IOException {
    int watches = target.sizes().watches();
    try (Driver driver = Target.connect(server, watches / WATCHES_PER_SESSION)) {
      // The same gets without watches first: what a connection keeps for itself is not the
      // watches'.
      long errors = getAll(driver, znodes, false, watches);
      long before = target.jcmd().liveHeapBytes(server.pid());
      errors += getAll(driver, znodes, true, watches);
      long after = target.jcmd().liveHeapBytes(server.pid());
      samples.add(metric, target.kind(), (after - before) / (double) watches);
      samples.addErrors(metric, target.kind(), errors);
    }
  }

  private static long getAll(Driver driver, int znodes, boolean watch, int count)
      throws IOException {
    Frames gets =
        new Frames(
            znodes,
            WATCHES_PER_SESSION,
            i -> RequestFrames.getData(Target.path(i), watch),
            Znodes::isGetReply);
    // All of a session's requests at once, so that each session asks for each of its znodes once.
    return driver.counted(gets, WATCHES_PER_SESSION, count, () -> 0).errors();
  }
}
