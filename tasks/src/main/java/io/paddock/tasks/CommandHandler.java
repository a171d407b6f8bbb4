package io.paddock.tasks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a task as a process, in a process group of its own.
 *
 * <p>A guard in the group holds the read end of a pipe whose other end only the worker's JVM has:
 * when the worker dies, even by kill -9, the guard reads the end of the file and kills the group.
 * So no command outlives the worker that ran it.
 */
final class CommandHandler implements TaskHandler {
  /**
   * $0 is a name for ps, the rest is the command. The trap keeps the group's leader alive until the
   * command has answered a TERM, so that its exit code is seen.
   */
  static final String SCRIPT =
      """
      exec 3<&0 </dev/null
      ( trap '' TERM INT HUP; exec >/dev/null 2>&1; read -r _ <&3; kill -KILL -$$ ) &
      guard=$!
      exec 3<&-
      trap : TERM
      "$@"
      code=$?
      kill -KILL $guard 2>/dev/null
      exit $code
      """;

  private static final int SIGNALLED = 128;
  private static final int BUFFER_BYTES = 8_192;

  private final long graceMs;

  CommandHandler(long graceMs) {
    this.graceMs = graceMs;
  }

  @Override
  public TaskOutcome handle(TaskContext task) throws IOException, InterruptedException {
    Process process = start(task);
    Thread reader = new Thread(() -> copy(process.getInputStream(), task.output()), "task-output");
    reader.setDaemon(true);
    reader.start();
    task.onStop(reason -> stop(process, reason));
    int code;
    try {
      code = process.waitFor();
    } catch (InterruptedException e) {
      signal(process, "KILL");
      throw e;
    }
    signal(process, "KILL"); // what the command left behind
    reader.join(graceMs);
    if (code == 0) {
      return new TaskOutcome(TaskStatus.DONE, code, null);
    }
    String message =
        code > SIGNALLED ? "ended by signal " + (code - SIGNALLED) : "exited with " + code;
    return new TaskOutcome(TaskStatus.FAILED, code, message);
  }

  private static Process start(TaskContext task) throws IOException {
    TaskSpec spec = task.spec();
    List<String> words = new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, task.task()));
    if (spec.args() != null) {
      words.addAll(spec.args());
    } else {
      words.addAll(List.of("sh", "-c", spec.command()));
    }
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    if (spec.dir() != null) {
      if (!Files.isDirectory(Path.of(spec.dir()))) {
        throw new IOException("there is no folder " + spec.dir() + " on this machine");
      }
      builder.directory(Path.of(spec.dir()).toFile());
    }
    Map<String, String> env = builder.environment();
    env.putAll(spec.env());
    env.put("PADDOCK_TASK", task.task());
    env.put("PADDOCK_ATTEMPT", Integer.toString(task.attempt()));
    env.put("PADDOCK_WORKER", task.worker());
    return builder.start();
  }

  private void stop(Process process, StopReason reason) {
    if (!reason.gentle()) {
      signal(process, "KILL");
      return;
    }
    signal(process, "TERM");
    process
        .onExit()
        .orTimeout(graceMs, TimeUnit.MILLISECONDS)
        .exceptionally(
            late -> {
              signal(process, "KILL");
              return process;
            });
  }

  /** Signals the whole group; the leader's pid is the group's. */
  static void signal(Process process, String signal) {
    try {
      new ProcessBuilder("sh", "-c", "kill -" + signal + " -" + process.pid())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      process.destroyForcibly(); // no further process can be started: at least this one ends
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(InputStream from, OutputTail to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from) {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        to.append(buffer, 0, n);
      }
    } catch (IOException e) {
      to.append("\n(the rest of the output could not be read: " + e.getMessage() + ")\n");
    }
  }
}
