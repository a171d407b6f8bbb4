package io.paddock.tasks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code paddock worker}: a worker in the foreground; TERM lets it finish what it runs. */
@Command(
    description =
        "Run a worker: it executes the tasks that are assigned to it. On TERM or INT it takes no"
            + " more, finishes what it runs, and hands back what is not done in time.")
final class WorkerCommand implements Callable<Integer> {
  private static final int SLOTS_MAX = 10_000;

  @Spec private CommandSpec spec;
  @Mixin private ConnectOptions options;

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description = "Its name below /workers; by default HOST-PID.")
  private String id;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many tasks it runs at once (${DEFAULT-VALUE}).")
  private int slots;

  @Option(
      names = {"--labels", "--label"},
      split = ",",
      paramLabel = "LABEL",
      description = "What it offers, such as gpu,big.")
  private List<String> labels = List.of();

  @Option(
      names = "--drain-timeout",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "How long what it runs may take after TERM (${DEFAULT-VALUE}).")
  private long drainTimeoutMs;

  @Option(
      names = "--grace",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "How long a process has between TERM and KILL (${DEFAULT-VALUE}).")
  private long graceMs;

  @Option(
      names = "--session-timeout",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "After how long without contact it counts as dead (${DEFAULT-VALUE}).")
  private long sessionTimeoutMs;

  @Override
  public Integer call() {
    Worker.Builder builder =
        Worker.builder(options.connect())
            .slots(TaskCommands.within(spec, "--slots", slots, 1, SLOTS_MAX))
            .graceMs(graceMs)
            .sessionTimeoutMs((int) sessionTimeoutMs);
    if (id != null) {
      builder.id(id);
    }
    labels.forEach(builder::label);
    Worker worker = builder.start();
    options.print(
        Map.of("event", "started", "role", "worker", "id", worker.id(), "slots", slots),
        "worker " + worker.id() + " on " + options.connect() + ", slots: " + slots);
    Foreground.untilStopped(() -> stop(worker));
    return ExitCode.OK.number();
  }

  private void stop(Worker worker) {
    int running = worker.running();
    if (running > 0) {
      options.print(
          Map.of("event", "stopping", "role", "worker", "id", worker.id(), "running", running),
          "stopping: finishing " + running + (running == 1 ? " task" : " tasks"));
    }
    worker.stop(drainTimeoutMs);
    options.print(
        Map.of("event", "stopped", "role", "worker", "id", worker.id()),
        "worker " + worker.id() + " has stopped");
  }
}
