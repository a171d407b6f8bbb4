package io.paddock.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One large tree through its life: filled by one session, weighed, snapshot while it serves, then
 * the server killed and started again on what it left. One measurement, because each part needs the
 * part before.
 */
final class LargeTree implements Measurement {
  private static final int PIPELINE = 512;
  private static final int RESTARTS = 2;
  private static final int LOAD_SESSIONS = 64;
  private static final double LOAD_PER_SECOND = 10_000;
  private static final long SNAPSHOT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long READ_NANOS = TimeUnit.MINUTES.toNanos(3);

  private static final BenchMetric FILL = BenchMetric.throughput("fill of a large tree", 4);
  private static final BenchMetric HEAP =
      BenchMetric.lower("live heap per znode", BenchMetric.Unit.BYTES, 0.4);
  private static final BenchMetric SNAPSHOT =
      BenchMetric.lower("snapshot while serving, time", BenchMetric.Unit.SECONDS, 0.5);
  private static final BenchMetric STALL =
      BenchMetric.lower("snapshot while serving, longest stall", BenchMetric.Unit.MILLIS, 0.2);
  private static final BenchMetric RESTART_CPU =
      BenchMetric.lower("kill -9 to first read, server CPU", BenchMetric.Unit.SECONDS, 0.35);
  private static final BenchMetric RESTART_TIME =
      BenchMetric.lower("kill -9 to first read, time", BenchMetric.Unit.SECONDS, 0.35);

  @Override
  public String name() {
    return "large tree";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(FILL, HEAP, SNAPSHOT, STALL, RESTART_CPU, RESTART_TIME);
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    try (ServerProcess server = target.startServer(target.sizes().snapCount(), List.of())) {
      fillAndWeigh(target, server, samples);
      snapshot(target, server, samples);
      for (int i = 0; i < RESTARTS; i++) {
        restart(target, server, samples);
      }
    }
  }

  private static void fillAndWeigh(Target target, ServerProcess server, Samples samples)
      throws IOException {
    int znodes = target.sizes().treeZnodes();
    int parents = target.sizes().treeParents();
    Target.populate(server, "/tree", parents, LargeTree::parent);
    long before = target.jcmd().liveHeapBytes(server.pid());
    try (Driver driver = Target.connect(server, 1)) {
      int firstXid = driver.sessions().get(0).nextXid();
      LoadResult result =
          driver.counted(
              Sequence.creates(firstXid, i -> znode(i, parents)), PIPELINE, znodes, () -> 0);
      samples.add(FILL, target.kind(), result.perSecond());
      samples.addErrors(FILL, target.kind(), result.errors());
    }
    SnapshotWatch.awaitQuiet(server.dataFolder());
    long after = target.jcmd().liveHeapBytes(server.pid());
    samples.add(HEAP, target.kind(), (after - before) / (double) znodes);
  }

  /**
   * Writes until the server takes its next snapshot by itself, and watches the replies meanwhile.
   */
  private static void snapshot(Target target, ServerProcess server, Samples samples)
      throws IOException {
    long start = System.nanoTime();
    LatencyTimeline timeline = new LatencyTimeline(start, SNAPSHOT_NANOS * 2);
    try (SnapshotWatch watch = SnapshotWatch.of(server.dataFolder());
        Driver driver = Target.connect(server, LOAD_SESSIONS)) {
      LoadResult result =
          driver.openWhile(
              setsAndGets(target),
              LOAD_PER_SECOND,
              () -> !watch.isFinished() && System.nanoTime() - start < SNAPSHOT_NANOS,
              timeline,
              () -> 0);
      if (!watch.isFinished()) {
        throw new IOException("no snapshot was seen within 60 s of sets");
      }
      long around = TimeUnit.MILLISECONDS.toNanos(100);
      long stall = timeline.longest(watch.firstSeen() - around, watch.lastChange() + 2 * around);
      samples.add(SNAPSHOT, target.kind(), (watch.lastChange() - watch.firstSeen()) / 1e9);
      samples.add(STALL, target.kind(), stall / 1e6);
      samples.addErrors(STALL, target.kind(), result.errors());
    }
  }

  private static void restart(Target target, ServerProcess server, Samples samples)
      throws IOException {
    int number = target.sizes().treeZnodes() - 1;
    byte[] get = RequestFrames.getData(znode(number, target.sizes().treeParents()), false);
    Frames read =
        new Frames(1, i -> get, (in, at, length, i) -> Znodes.isGetReply(in, at, length, number));
    server.kill();
    long start = System.nanoTime();
    server.launch();
    while (!isAnswered(server, read)) {
      if (!server.isAlive() || System.nanoTime() - start > READ_NANOS) {
        throw new IOException("no read was answered after the restart: " + server.lastOutput());
      }
      pause();
    }
    samples.add(RESTART_TIME, target.kind(), (System.nanoTime() - start) / 1e9);
    samples.add(RESTART_CPU, target.kind(), server.cpuNanos() / 1e9);
  }

  private static boolean isAnswered(ServerProcess server, Frames read) {
    try (Driver driver = Driver.probe(server.endpoint())) {
      return driver.counted(read, 1, 1, () -> 0).replies() == 1;
    } catch (IOException e) {
      return false;
    }
  }

  /** Four sets, then a get, and so on. */
  private static DriverLoad setsAndGets(Target target) {
    int parents = target.sizes().treeParents();
    int ring = 5 * 200;
    return new Frames(
        ring,
        i ->
            i % 5 == 4
                ? RequestFrames.getData(znode(i, parents), false)
                : RequestFrames.setData(znode(i, parents), Znodes.data(i)),
        LargeTree::isSetOrGetReply);
  }

  private static boolean isSetOrGetReply(ByteBuffer in, int at, int length, int number) {
    return number % 5 == 4
        ? Znodes.isGetReply(in, at, length, number)
        : Znodes.isSetReply(in, at, length);
  }

  static String parent(int number) {
    return String.format("/tree/p%04d", number);
  }

  static String znode(int number, int parents) {
    return parent(number % parents) + String.format("/n%07d", number);
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
