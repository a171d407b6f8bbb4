package io.paddock.tasks;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code paddock elect} and {@code paddock lock} have in common: a path and a command. */
final class HeldCommandOptions {
  @Option(
      names = "--session-timeout",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      defaultValue = "10s",
      description = {
        "After how long without contact the next one has it (${DEFAULT-VALUE}); the command is "
            + "killed before that."
      })
  private long sessionTimeoutMs;

  @Option(
      names = "--grace",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "How long the command has to end when this is told to stop (${DEFAULT-VALUE}).")
  private long graceMs;

  @Option(
      names = "--wait-timeout",
      converter = TaskCommands.SpanConverter.class,
      paramLabel = "TIME",
      description = "How long to wait for the lock or the election; without end by default.")
  private Long waitMs;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What others read of who it is; by default HOST-PID.")
  private String name = Worker.host() + "-" + ProcessHandle.current().pid();

  @Parameters(index = "0", paramLabel = "PATH", description = "The znode; created if missing.")
  private String path;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "What to run.")
  private List<String> command;

  int sessionTimeoutMs() {
    return (int) Math.min(Integer.MAX_VALUE, sessionTimeoutMs);
  }

  String name() {
    return name;
  }

  String path() {
    return path;
  }

  /** Waits until the lock is held, or until elected; runs the command; gives it up. */
  int run(ConnectOptions options, QueuedZnode queued, String held) throws IOException {
    HeldCommand running = new HeldCommand(graceMs);
    Thread stop =
        new Thread(
            () -> {
              running.stop();
              queued.close();
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try (queued) {
      if (!queued.await(waitMs == null ? Long.MAX_VALUE / 2_000_000 : waitMs)) {
        return timedOut(queued);
      }
      say(options, held, queued);
      Map<String, String> env =
          Map.of("PADDOCK_ZNODE", queued.znode(), "PADDOCK_FENCE", Long.toString(queued.fence()));
      int code = running.run(queued, command, env);
      if (code == ExitCode.LOST.number() && queued.lost().isDone()) {
        options.err().println("stopped the command: " + queued.lost().join());
      }
      return code;
    } finally {
      removeHook(stop);
    }
  }

  private int timedOut(QueuedZnode queued) {
    if (queued.lost().isDone()) {
      throw new TasksException(ExitCode.LOST, queued.lost().join());
    }
    throw new TasksException(
        ExitCode.TIMED_OUT, "it was not our turn at " + path + " within " + waitMs + " ms");
  }

  private static void removeHook(Thread stop) {
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook is what ends it.
    }
  }

  /** On standard error: standard output belongs to the command. */
  private static void say(ConnectOptions options, String held, QueuedZnode queued) {
    Map<String, Object> event =
        Map.of("event", held, "znode", queued.znode(), "fence", queued.fence());
    options.err().println(options.json() ? JsonText.text(event) : held + ": " + queued.znode());
    options.err().flush();
  }
}
