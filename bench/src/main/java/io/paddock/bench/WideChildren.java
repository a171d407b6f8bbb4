package io.paddock.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Server CPU of getChildren on a znode with very many children. */
final class WideChildren implements Measurement {
  private static final String PARENT = "/wide";
  private static final int NAME_BYTES = 8;
  private static final int REPEATS = 60;
  private static final int WARM_UPS = 20;
  private static final BenchMetric CPU =
      BenchMetric.lower("getChildren of a wide znode, server CPU", BenchMetric.Unit.MILLIS, 0.25);

  static String child(int number) {
    return String.format("%s/n%07d", PARENT, number);
  }

  @Override
  public String name() {
    return "children";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(CPU);
  }

  @Override
  public boolean isLong() {
    return false;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    ServerProcess server = target.withWideZnode();
    int children = target.sizes().children();
    Frames load =
        new Frames(
            1,
            i -> RequestFrames.getChildren(PARENT),
            (in, at, length, number) -> isAllChildren(in, at, length, children));
    try (Driver driver = Target.connect(server, 1)) {
      driver.counted(load, 1, WARM_UPS, () -> 0);
      LoadResult result = driver.counted(load, 1, REPEATS, server::cpuNanos);
      samples.add(CPU, target.kind(), result.cpuMicros() / 1e3);
      samples.addErrors(CPU, target.kind(), result.errors());
    }
  }

  /** Whether each of the children, in whatever order, is named once. */
  static boolean isAllChildren(ByteBuffer in, int at, int length, int children) {
    if (length != 4 + children * (4 + NAME_BYTES) || in.getInt(at) != children) {
      return false;
    }
    boolean[] seen = new boolean[children];
    for (int i = 0; i < children; i++) {
      int name = at + 4 + i * (4 + NAME_BYTES);
      if (in.getInt(name) != NAME_BYTES || in.get(name + 4) != 'n') {
        return false;
      }
      int number = 0;
      for (int digit = 1; digit < NAME_BYTES; digit++) {
        number = number * 10 + in.get(name + 4 + digit) - '0';
      }
      if (number < 0 || number >= children || seen[number]) {
        return false;
      }
      seen[number] = true;
    }
    return true;
  }
}
