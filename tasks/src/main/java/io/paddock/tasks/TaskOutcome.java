package io.paddock.tasks;

/**
 * How an attempt ended, as its handler saw it.
 *
 * @param status done, failed or timed out
 * @param exitCode of a process, or null
 * @param message for a person, or null
 */
public record TaskOutcome(TaskStatus status, Integer exitCode, String message) {
  /** It is done. */
  public static TaskOutcome done(String message) {
    return new TaskOutcome(TaskStatus.DONE, null, message);
  }

  /** It failed. */
  public static TaskOutcome failed(String message) {
    return new TaskOutcome(TaskStatus.FAILED, null, message);
  }
}
