package io.paddock.tasks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code paddock submit}: puts one task into the queue, and waits for its end if asked. */
@Command(
    customSynopsis = "paddock submit [OPTIONS] [--] COMMAND [ARGS...]",
    description = {
      "Submit a command as a task. Several words are a program and its arguments; a single word"
          + " with blanks in it is a line for the shell. Options stand before the command. Prints"
          + " the task's name.",
      "",
      "With --wait, shows what the task prints and exits with its exit code: 124 if its time was"
          + " up, 130 if it was cancelled."
    })
final class SubmitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConnectOptions options;

  @Option(names = "--wait", description = "Wait for the end and show what the task prints.")
  private boolean wait;

  @Option(
      names = "--wait-timeout",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      description = "How long --wait waits; without end by default. The task goes on.")
  private Long waitMs;

  @Option(
      names = "--timeout",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      description = "How long an attempt may run, such as 30s or 5m; without end by default.")
  private Long timeoutMs;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description = "How many further attempts follow a failed one (0).")
  private int retries;

  @Option(
      names = "--backoff",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      description = "The pause before the second attempt, then doubled each time (1s).")
  private Long backoffMs;

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "-100 to 100; each step counts as much as a minute of waiting (0).")
  private int priority;

  @Option(
      names = "--delay",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      description = "Do not start before this time has passed.")
  private Long delayMs;

  @Option(
      names = {"--label", "--labels"},
      split = ",",
      paramLabel = "LABEL",
      description = "A label that the worker must have; several are separated by commas.")
  private List<String> labels = List.of();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Submitting twice with one key gives one task.")
  private String key;

  @Option(names = "--env", paramLabel = "NAME=VALUE", description = "A variable; may be repeated.")
  private Map<String, String> env = Map.of();

  @Option(
      names = "--dir",
      paramLabel = "FOLDER",
      description = "The working folder, on the worker's machine.")
  private String dir;

  @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "What to run.")
  private List<String> command;

  @Override
  public Integer call() {
    TaskSpec wanted = wanted();
    try (TaskClient client = TaskClient.connect(options.connect())) {
      String task = client.submit(wanted);
      if (!wait) {
        options.print(Map.of("task", task), task);
        return ExitCode.OK.number();
      }
      if (!options.json()) {
        options.err().println(task);
      }
      OutputPrinter printer = new OutputPrinter(options.out(), !options.json());
      long awaitMs = waitMs == null ? Long.MAX_VALUE / 2_000_000 : waitMs;
      TaskView end = client.await(task, awaitMs, printer::heartbeat);
      printer.end(end);
      if (options.json()) {
        options.out().println(JsonText.text(end));
      } else {
        options.err().println(summary(end));
      }
      return exitCode(end);
    }
  }

  private TaskSpec wanted() {
    TaskSpec.Builder builder =
        TaskSpec.builder()
            .timeoutMs(timeoutMs == null ? 0 : timeoutMs)
            .backoffMs(backoffMs == null ? 0 : backoffMs)
            .retries(TaskCommands.within(spec, "--retries", retries, 0, TaskSpec.RETRIES_MAX))
            .priority(
                TaskCommands.within(
                    spec, "--priority", priority, -TaskSpec.PRIORITY_MAX, TaskSpec.PRIORITY_MAX))
            .notBefore(delayMs == null ? 0 : System.currentTimeMillis() + delayMs)
            .key(key)
            .env(new LinkedHashMap<>(env))
            .dir(dir)
            .stream(wait);
    labels.forEach(builder::label);
    if (command.size() == 1 && command.get(0).strip().contains(" ")) {
      return builder.command(command.get(0)).build();
    }
    return builder.args(command).build();
  }

  private static String summary(TaskView end) {
    Attempt last = end.result() == null ? null : end.result().last();
    StringBuilder text = new StringBuilder(end.task()).append(": ").append(end.state());
    if (last != null) {
      text.append(", attempt ").append(last.number()).append(" on ").append(last.worker());
      if (last.message() != null) {
        text.append(", ").append(last.message());
      }
    }
    return text.toString();
  }

  private static int exitCode(TaskView end) {
    Attempt last = end.result() == null ? null : end.result().last();
    return switch (TaskStatus.of(end.state())) {
      case DONE -> ExitCode.OK.number();
      case TIMED_OUT -> ExitCode.TIMED_OUT.number();
      case CANCELLED -> ExitCode.CANCELLED.number();
      case FAILED, LOST ->
          last != null && last.exitCode() != null && last.exitCode() != 0
              ? last.exitCode()
              : ExitCode.FAILED.number();
    };
  }
}
