package io.paddock.tasks;

import java.util.concurrent.TimeUnit;

/** The pauses between the tries of a request while the connection is away. For one thread. */
final class RetryDelay {
  private static final long FIRST_MS = 20;
  private static final long PAUSE_MS_MAX = 500;
  private static final long TOTAL_MS_MAX = 120_000;

  private final long from = System.nanoTime();
  private long pauseMs = FIRST_MS;

  /** Waits a little longer than the time before. */
  void pause(Exception cause) {
    if (System.nanoTime() - from > TimeUnit.MILLISECONDS.toNanos(TOTAL_MS_MAX)) {
      throw new TasksException(
          ExitCode.UNREACHABLE, "no server answered for two minutes: " + cause.getMessage(), cause);
    }
    try {
      TimeUnit.MILLISECONDS.sleep(pauseMs);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2);
  }

  /** What a wait that was interrupted becomes; the thread stays marked. */
  static TasksException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new TasksException(ExitCode.FAILED, "interrupted", e);
  }
}
