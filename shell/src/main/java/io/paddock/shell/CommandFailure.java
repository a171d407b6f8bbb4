package io.paddock.shell;

/** A command that could not be carried out: the line for standard error and the exit code. */
final class CommandFailure extends Exception {
  static final int ERROR = 1;
  static final int UNKNOWN_COMMAND = 127;

  private final int exitCode;

  CommandFailure(String message) {
    this(message, ERROR);
  }

  CommandFailure(String message, int exitCode) {
    // No stack trace: this is an answer to a person, not a defect.
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
