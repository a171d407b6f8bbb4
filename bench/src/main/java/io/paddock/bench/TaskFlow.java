package io.paddock.bench;

import io.paddock.tasks.TaskClient;
import io.paddock.tasks.TaskView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * No-op tasks from submission to recorded result: a heap of them on four workers with eight slots
 * each, and one after another. Master and workers are processes of their own.
 */
final class TaskFlow implements Measurement {
  private static final int SNAP_COUNT = 100_000;
  private static final int WARM_UP = 500;
  private static final long TIMEOUT_MS = 60_000;
  private static final BenchMetric RATE = BenchMetric.throughput("tasks end to end", Double.NaN);
  private static final BenchMetric LATENCY =
      BenchMetric.lower("submit to result, median", BenchMetric.Unit.MILLIS, Double.NaN);

  @Override
  public String name() {
    return "task flow";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(RATE, LATENCY);
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    try (ServerProcess server = target.startServer(SNAP_COUNT, List.of())) {
      String connect = "127.0.0.1:" + server.address().getPort();
      try (TaskProcess master = TaskProcess.start(target.settings(), "master", connect, "m1:1");
          TaskProcess workers = TaskProcess.start(target.settings(), "workers", connect, "4", "8");
          TaskClient client = TaskClient.connect(connect)) {
        master.await("the master is active", answer -> answer[0].equals("true"));
        workers.await("the workers are ready", answer -> answer[0].equals("true"));
        run(client, master, WARM_UP, WARM_UP);
        int tasks = target.sizes().tasks();
        long start = System.nanoTime();
        run(client, master, tasks, WARM_UP + tasks);
        double seconds = (System.nanoTime() - start) / 1e9;
        samples.add(RATE, target.kind(), tasks / seconds);
        samples.add(LATENCY, target.kind(), lone(client, target.sizes().loneTasks()));
      }
    }
  }

  private static void run(TaskClient client, TaskProcess master, int count, int finished)
      throws IOException {
    TaskSubmitters.submit(client, count);
    master.await("all have a result", answer -> Integer.parseInt(answer[1]) >= finished);
  }

  /** The median in milliseconds. */
  private static double lone(TaskClient client, int count) throws IOException {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      TaskView end = client.await(client.submit(TaskSubmitters.noop()), TIMEOUT_MS);
      millis.add((System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1));
      if (!end.state().equals("done")) {
        throw new IOException(end.task() + " is " + end.state());
      }
    }
    return Samples.median(millis);
  }
}
