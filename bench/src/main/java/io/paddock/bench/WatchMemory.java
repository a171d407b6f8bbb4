package io.paddock.bench;

import java.io.IOException;
import java.util.List;

/** Live heap per data watch: many sessions that each watch the same znodes. */
final class WatchMemory implements Measurement {
  private static final int ZNODES = 1000;
  private static final int SNAP_COUNT = 100_000;
  private static final Metric HEAP =
      Metric.lower("live heap per watch", Metric.Unit.BYTES, 0.4);

  @Override
  public String name() {
    return "watch memory";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(HEAP);
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    int watches = target.sizes().watches();
    int sessions = watches / ZNODES;
    try (ServerProcess server = target.startServer(SNAP_COUNT, List.of())) {
      Target.populate(server, "/bench", ZNODES, Target::path);
      try (Driver driver = Target.connect(server, sessions)) {
        // The same gets without watches first: what a connection keeps for itself is not the watches'.
        long errors = getAll(driver, false, watches);
        long before = target.jcmd().liveHeapBytes(server.pid());
        errors += getAll(driver, true, watches);
        long after = target.jcmd().liveHeapBytes(server.pid());
        samples.add(HEAP, target.kind(), (after - before) / (double) watches);
        samples.addErrors(HEAP, target.kind(), errors);
      }
    }
  }

  private static long getAll(Driver driver, boolean watch, int count) throws IOException {
    Frames gets =
        new Frames(ZNODES, i -> Requests.getData(Target.path(i), watch), Znodes::isGetReply);
    // All of a session's requests at once, so that each session asks for each znode exactly once.
    return driver.counted(gets, ZNODES, count, () -> 0).errors();
  }
}
