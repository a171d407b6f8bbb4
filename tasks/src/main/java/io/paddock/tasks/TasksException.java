package io.paddock.tasks;

/** What could not be done, in a sentence for a person. */
public final class TasksException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;

  TasksException(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  TasksException(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What a command exits with for it. */
  public ExitCode code() {
    return code;
  }
}
