package io.paddock.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One set seen by many one-shot watchers: time from the set to the last event. */
final class FanOut implements Measurement {
  private static final int REPEATS = 15;
  private static final int WARM_UPS = 5;
  private static final int WATCHED = 0;
  private static final BenchMetric LAST_EVENT =
      BenchMetric.lower("one set, last watcher's event", BenchMetric.Unit.MILLIS, 0.4);

  @Override
  public String name() {
    return "watchers";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(LAST_EVENT);
  }

  @Override
  public boolean isLong() {
    return false;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    ServerProcess server = target.lasting();
    int count = target.sizes().watchers();
    Frames arm =
        new Frames(1, i -> RequestFrames.getData(Target.path(WATCHED), true), Znodes::isGetReply);
    Frames set = Frames.sets(1, i -> Target.path(WATCHED));
    List<Double> millis = new ArrayList<>();
    long errors = 0;
    try (Driver watchers = Target.connect(server, count);
        Driver setter = Target.connect(server, 1)) {
      for (int i = 0; i < WARM_UPS + REPEATS; i++) {
        errors += watchers.counted(arm, 1, count, () -> 0).errors();
        long start = System.nanoTime();
        setter.post(set);
        long end = watchers.awaitEvents(count);
        errors += setter.collect();
        if (i >= WARM_UPS) {
          millis.add((end - start) / 1e6);
        }
      }
    }
    samples.add(LAST_EVENT, target.kind(), Samples.median(millis));
    samples.addErrors(LAST_EVENT, target.kind(), errors);
  }
}
