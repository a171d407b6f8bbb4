package io.paddock.bench;

import io.paddock.tasks.TaskClient;
import io.paddock.tasks.TaskSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many threads that submit no-op tasks by one client. */
final class TaskSubmitters {
  private static final int THREADS = 64;

  private TaskSubmitters() {}

  static TaskSpec noop() {
    return TaskSpec.builder().type(TaskRole.NOOP).build();
  }

  /** Returns when the last is submitted. */
  static void submit(TaskClient client, int count) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int share = count / THREADS + (thread < count % THREADS ? 1 : 0);
        all.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < share; i++) {
                    client.submit(noop());
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("submitting failed: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }
}
