package io.paddock.tasks;

/** The pause before a task is attempted again: doubled each time, bounded, and drawn at random. */
final class Backoff {
  private static final long FIRST_MS = 1_000;
  private static final long PAUSE_MS_MAX = 600_000;
  private static final int DOUBLINGS_MAX = 20;

  private Backoff() {}

  /**
   * Half of the pause is fixed and half is drawn, so tasks that failed together do not come back
   * together.
   *
   * @param firstMs the pause after the first failure, in milliseconds; 0 for a second
   * @param failures how many there were, from 1
   * @param draw from 0 to 1
   */
  static long pauseMs(long firstMs, int failures, double draw) {
    long first = firstMs > 0 ? firstMs : FIRST_MS;
    int doublings = Math.min(failures - 1, DOUBLINGS_MAX);
    long full = Math.min(PAUSE_MS_MAX, Math.min(first, PAUSE_MS_MAX) << doublings);
    long half = full / 2;
    return half + (long) (draw * half);
  }
}
