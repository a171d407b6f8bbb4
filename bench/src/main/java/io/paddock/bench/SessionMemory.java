package io.paddock.bench;

import java.io.IOException;
import java.util.List;

/** Live memory per idle session: heap, and what Java code allocated outside it. */
final class SessionMemory implements Measurement {
  private static final int SNAP_COUNT = 100_000;

  private final BenchMetric memory;

  /**
   * @param goal the ratio to reach
   */
  SessionMemory(double goal) {
    this.memory = BenchMetric.lower("live memory per idle session", BenchMetric.Unit.BYTES, goal);
  }

  @Override
  public String name() {
    return "session memory";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(memory);
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    int sessions = target.sizes().idleSessions();
    // Only with native memory tracking does a JVM tell what lies outside its heap.
    List<String> flags = List.of("-XX:NativeMemoryTracking=summary");
    try (ServerProcess server = target.startServer(SNAP_COUNT, flags)) {
      Target.connect(server, Math.min(200, sessions)).close();
      long before = memory(target, server);
      Driver driver = Target.connect(server, sessions);
      long after = memory(target, server);
      driver.abandon();
      samples.add(memory, target.kind(), (after - before) / (double) sessions);
    }
  }

  private static long memory(Target target, ServerProcess server) throws IOException {
    return target.jcmd().liveHeapBytes(server.pid()) + target.jcmd().offHeapBytes(server.pid());
  }
}
