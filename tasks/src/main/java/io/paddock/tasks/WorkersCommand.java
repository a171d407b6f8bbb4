package io.paddock.tasks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code paddock workers}: who is there, and who is to get no more. */
@Command(description = "List workers; drain one, so that it gets no further tasks.")
final class WorkersCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private ConnectOptions options;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "list, drain or undrain?");
  }

  @Command(name = "list", description = "List the workers that are there.")
  int list(@Mixin ConnectOptions given) {
    try (TaskClient client = TaskClient.connect(given.connect())) {
      if (!given.json()) {
        given
            .out()
            .printf("%-24s %-9s %-9s %-20s %s%n", "WORKER", "BUSY", "STATE", "LABELS", "HOST");
      }
      for (WorkerView worker : client.workers()) {
        WorkerInfo info = worker.info();
        String row =
            String.format(
                "%-24s %-9s %-9s %-20s %s",
                worker.id(),
                worker.assigned() + " of " + info.slots(),
                info.draining() ? "draining" : "open",
                info.labels().isEmpty() ? "-" : String.join(",", info.labels()),
                info.host() == null ? "-" : info.host());
        given.print(worker, row);
      }
      return ExitCode.OK.number();
    }
  }

  @Command(name = "drain", description = "Give a worker no further tasks.")
  int drain(
      @Mixin ConnectOptions given,
      @Parameters(arity = "1..*", paramLabel = "WORKER") List<String> ids) {
    return set(given, ids, true);
  }

  @Command(name = "undrain", description = "Give a worker tasks again.")
  int undrain(
      @Mixin ConnectOptions given,
      @Parameters(arity = "1..*", paramLabel = "WORKER") List<String> ids) {
    return set(given, ids, false);
  }

  private static int set(ConnectOptions given, List<String> ids, boolean draining) {
    try (TaskClient client = TaskClient.connect(given.connect())) {
      for (String id : ids) {
        client.drain(id, draining);
        String word = draining ? "draining" : "open";
        given.print(Map.of("worker", id, "state", word), id + " " + word);
      }
      return ExitCode.OK.number();
    }
  }
}
