package io.paddock.config;

/**
 * A reason in the configuration why the server does not start: one line with the place, the cause
 * and the remedy, fit to be shown to the user as it stands.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Exit code for wrong arguments and a wrong configuration (client protocol sheet, 13.3). */
  public static final int EXIT_INVALID_CONFIG = 2;

  /** Exit code for whatever has no code of its own. */
  public static final int EXIT_UNEXPECTED = 1;

  /** Exit code for an AdminServer that cannot bind its address. */
  public static final int EXIT_ADMIN_SERVER = 4;

  /** Exit code for a data directory that cannot be used. */
  public static final int EXIT_DATA_DIRECTORY = 3;

  /** Exit code for an election port that cannot be bound. */
  public static final int EXIT_QUORUM_PORT = 14;

  private final int exitCode;
  private final transient BindRetry retry;

  public ConfigException(String line) {
    this(line, EXIT_INVALID_CONFIG);
  }

  public ConfigException(String line, int exitCode) {
    this(line, exitCode, BindRetry.NONE);
  }

  /**
   * @param retry how long it may pass by itself
   */
  public ConfigException(String line, int exitCode, BindRetry retry) {
    super(OneLine.of(line));
    this.exitCode = exitCode;
    this.retry = retry;
  }

  /** How long it may pass by itself. */
  public BindRetry retry() {
    return retry == null ? BindRetry.NONE : retry;
  }

  public ConfigException(String line, int exitCode, Throwable cause) {
    super(OneLine.of(line), cause);
    this.exitCode = exitCode;
    this.retry = BindRetry.NONE;
  }

  /** The process exit code that Apache's server gives for this kind of failure. */
  public int exitCode() {
    return exitCode;
  }
}
