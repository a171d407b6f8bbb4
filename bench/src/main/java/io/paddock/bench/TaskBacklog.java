package io.paddock.bench;

import io.paddock.tasks.TaskClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A long queue and nobody to work it off: what the master needs for it, how long the next master
 * takes to know all of it when the first is killed, and the largest packet that anybody sent or
 * got. Ends with workers that show that the new master is at work.
 */
final class TaskBacklog implements Measurement {
  private static final int SNAP_COUNT = 100_000;
  private static final int WORKED_OFF = 200;
  private static final BenchMetric SUBMIT =
      BenchMetric.throughput("submitting to a long queue", Double.NaN);
  private static final BenchMetric HEAP =
      BenchMetric.lower("live heap of the master, long queue", BenchMetric.Unit.BYTES, Double.NaN);
  private static final BenchMetric RECOVERY =
      BenchMetric.lower("takeover, reading the queue", BenchMetric.Unit.SECONDS, Double.NaN);
  private static final BenchMetric TAKEOVER =
      BenchMetric.lower(
          "takeover after kill -9, session of 4 s included", BenchMetric.Unit.SECONDS, Double.NaN);
  private static final BenchMetric PACKET =
      BenchMetric.lower("largest packet", BenchMetric.Unit.BYTES, Double.NaN);

  @Override
  public String name() {
    return "task backlog";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(SUBMIT, HEAP, RECOVERY, TAKEOVER, PACKET);
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    try (ServerProcess server = target.startServer(SNAP_COUNT, List.of());
        PacketGauge gauge = PacketGauge.before(server.address())) {
      String connect = "127.0.0.1:" + gauge.port();
      try (TaskProcess first = TaskProcess.start(target.settings(), "master", connect, "m1:1");
          TaskClient client = TaskClient.connect(connect)) {
        first.await("the master is active", answer -> answer[0].equals("true"));
        int tasks = target.sizes().queuedTasks();
        long start = System.nanoTime();
        TaskSubmitters.submit(client, tasks);
        samples.add(SUBMIT, target.kind(), tasks / seconds(start));
        samples.add(HEAP, target.kind(), (double) target.jcmd().liveHeapBytes(first.pid()));
        takeOver(target, connect, first, samples);
      }
      samples.add(PACKET, target.kind(), gauge.bytesMax());
    }
  }

  private static void takeOver(Target target, String connect, TaskProcess first, Samples samples)
      throws IOException {
    try (TaskProcess second = TaskProcess.start(target.settings(), "master", connect, "m2:1")) {
      second.await("it stands by", answer -> answer[0].equals("false"));
      long start = System.nanoTime();
      first.kill();
      String[] report = second.await("it took over", answer -> answer[0].equals("true"));
      samples.add(TAKEOVER, target.kind(), seconds(start));
      samples.add(
          RECOVERY,
          target.kind(),
          Long.parseLong(report[2]) / (double) TimeUnit.SECONDS.toMillis(1));
      try (TaskProcess workers =
          TaskProcess.start(target.settings(), "workers", connect, "4", "8")) {
        workers.await("the workers are ready", answer -> answer[0].equals("true"));
        second.await("tasks run", answer -> Integer.parseInt(answer[1]) >= WORKED_OFF);
      }
    }
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
