package io.paddock.tasks;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands of the task system, for whoever has a main: each takes the words after its name,
 * prints to standard output and error, and returns the exit code ({@link ExitCode}).
 */
public final class TaskCommands {
  private TaskCommands() {}

  /** {@code paddock master}. */
  public static int master(String... words) {
    return run("master", new MasterCommand(), words);
  }

  /** {@code paddock worker}. */
  public static int worker(String... words) {
    return run("worker", new WorkerCommand(), words);
  }

  /** {@code paddock submit}. */
  public static int submit(String... words) {
    // What stands behind the command's first word is the command's: submit ls -l.
    return line("submit", new SubmitCommand()).setStopAtPositional(true).execute(words);
  }

  /** {@code paddock tasks}. */
  public static int tasks(String... words) {
    return run("tasks", new TasksCommand(), words);
  }

  /** {@code paddock workers}. */
  public static int workers(String... words) {
    return run("workers", new WorkersCommand(), words);
  }

  /** {@code paddock status}. */
  public static int status(String... words) {
    return run("status", new StatusCommand(), words);
  }

  /** {@code paddock elect}. */
  public static int elect(String... words) {
    return run("elect", new ElectCommand(), words);
  }

  /** {@code paddock lock}. */
  public static int lock(String... words) {
    return run("lock", new LockCommand(), words);
  }

  /** {@code paddock config}. */
  public static int config(String... words) {
    return run("config", new ConfigCommand(), words);
  }

  /** {@code paddock members}. */
  public static int members(String... words) {
    return run("members", new MembersCommand(), words);
  }

  /** Runs any command object: what it throws becomes a line on standard error and an exit code. */
  static int run(String name, Callable<Integer> command, String... words) {
    return line(name, command).execute(words);
  }

  static CommandLine line(String name, Callable<Integer> command) {
    CommandLine line = new CommandLine(command).setCommandName("paddock " + name);
    line.setExpandAtFiles(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(
        (wrong, words) -> {
          // One line: what is wrong would scroll away above the whole help.
          CommandLine at = wrong.getCommandLine();
          at.getErr().println(wrong.getMessage());
          at.getErr().println("Try: " + at.getCommandSpec().qualifiedName() + " --help");
          return ExitCode.USAGE.number();
        });
    line.setExecutionExceptionHandler(
        (failure, failed, parsed) -> {
          failed.getErr().println(message(failure));
          return failure instanceof TasksException known
              ? known.code().number()
              : ExitCode.FAILED.number();
        });
    return line;
  }

  private static String message(Exception failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /**
   * A span of time as people write it: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code
   * 1d}; a bare number is seconds.
   *
   * @return milliseconds
   * @throws CommandLine.TypeConversionException for anything else
   */
  static long span(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < lower.length()
        && (Character.isDigit(lower.charAt(digits)) || lower.charAt(digits) == '.')) {
      digits++;
    }
    double unit =
        switch (lower.substring(digits)) {
          case "ms" -> 1;
          case "", "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          default -> throw notASpan(text);
        };
    try {
      return (long) (Double.parseDouble(lower.substring(0, digits)) * unit);
    } catch (NumberFormatException e) {
      throw notASpan(text);
    }
  }

  private static CommandLine.TypeConversionException notASpan(String text) {
    return new CommandLine.TypeConversionException(
        "'" + text + "' is no span of time (examples: 500ms, 10s, 5m, 2h)");
  }

  /**
   * Refuses a number that is out of bounds, as wrong usage.
   *
   * @param option what the user typed
   */
  static int within(CommandSpec spec, String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          option + " must be from " + min + " to " + max + ", and " + value + " is not");
    }
    return value;
  }

  /** For options that are spans of time. */
  static final class SpanConverter implements CommandLine.ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return span(text);
    }
  }
}
