package io.paddock.tasks;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code paddock status}: the system on one screen; exit code 1 when tasks cannot be run. */
@Command(
    description =
        "Show the master, the workers and how many tasks there are. Exits with 1 when there is no"
            + " master or no worker.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private ConnectOptions options;

  @Override
  public Integer call() {
    try (TaskClient client = TaskClient.connect(options.connect())) {
      SystemStatus status = client.status();
      options.print(status, text(status));
      boolean able = status.master() != null && status.workers() > 0;
      return (able ? ExitCode.OK : ExitCode.FAILED).number();
    }
  }

  private static String text(SystemStatus status) {
    return String.format(
        "master:   %s, epoch %d%n"
            + "workers:  %d (%d draining), %d of %d slots busy%n"
            + "tasks:    %d in /tasks, %d of them assigned, %d dead letters%n"
            + "backlog:  %s",
        status.master() == null ? "none" : status.master(),
        status.epoch(),
        status.workers(),
        status.draining(),
        status.assigned(),
        status.slots(),
        status.tasks(),
        status.assigned(),
        status.dead(),
        status.backlog() == 0 ? "empty" : status.backlog() + " tasks");
  }
}
