package io.paddock.tasks;

/**
 * What the commands exit with. {@code submit --wait} exits with the task's own code when its
 * process had one.
 */
public enum ExitCode {
  /** Done as asked. */
  OK(0),
  /** It failed, or the task did. */
  FAILED(1),
  /** Wrong usage. */
  USAGE(2),
  /** No such task or worker. */
  NOT_FOUND(3),
  /** The tree is not in a state for it: the task is over already, say. */
  CONFLICT(4),
  /** Refused by a bound: the queue is full, the task is too large. */
  REFUSED(5),
  /** No server answers. */
  UNREACHABLE(69),
  /** The session was lost, and with it what was held: a lock, an office, a membership. */
  LOST(75),
  /** The task was stopped because its time was up, or waiting was. */
  TIMED_OUT(124),
  /** The task was cancelled. */
  CANCELLED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** The number a script sees. */
  public int number() {
    return number;
  }
}
