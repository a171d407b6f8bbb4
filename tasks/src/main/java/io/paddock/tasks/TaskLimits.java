package io.paddock.tasks;

/**
 * The bounds that submitters, workers and the master keep to. {@code /paddock/limits} may hold
 * others as JSON; 0 or a missing field means the default.
 *
 * @param taskBytesMax the size of a task's data; 262,144
 * @param tasksMax how many tasks {@code /tasks} holds before further ones go to the backlog; its
 *     children list then stays below 1 MB; 20,000
 * @param backlogMax how many tasks wait in the backlog before submission is refused; 200,000
 * @param bucketMax how many tasks a bucket of the backlog holds; 5,000
 * @param finishedMax how many finished tasks are kept; 10,000
 * @param finishedAgeMs how long a finished task is kept, in milliseconds; a day
 * @param deadMax how many dead letters are kept; 5,000
 * @param deadAgeMs how long a dead letter is kept, in milliseconds; a week
 * @param lostMax how many workers a task may lose before it counts as failed; 16
 */
public record TaskLimits(
    int taskBytesMax,
    int tasksMax,
    int backlogMax,
    int bucketMax,
    int finishedMax,
    long finishedAgeMs,
    int deadMax,
    long deadAgeMs,
    int lostMax) {
  private static final long DAY_MS = 86_400_000L;

  /** The defaults. */
  public static final TaskLimits DEFAULTS = new TaskLimits(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** With the default where a number is not above 0. */
  public TaskLimits {
    taskBytesMax = taskBytesMax > 0 ? taskBytesMax : 262_144;
    tasksMax = tasksMax > 0 ? tasksMax : 20_000;
    backlogMax = backlogMax > 0 ? backlogMax : 200_000;
    bucketMax = bucketMax > 0 ? bucketMax : 5_000;
    finishedMax = finishedMax > 0 ? finishedMax : 10_000;
    finishedAgeMs = finishedAgeMs > 0 ? finishedAgeMs : DAY_MS;
    deadMax = deadMax > 0 ? deadMax : 5_000;
    deadAgeMs = deadAgeMs > 0 ? deadAgeMs : 7 * DAY_MS;
    lostMax = lostMax > 0 ? lostMax : 16;
  }

  static TaskLimits parse(byte[] data) {
    return JsonText.read(data, TaskLimits.class, DEFAULTS);
  }
}
