package io.paddock.tasks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command that runs while something is held: in a process group of its own, with this process's
 * output, ended when what is held is lost or when this process ends, however it does.
 *
 * <p>A single word with blanks in it is a line for the shell, several words are a program and its
 * arguments.
 */
final class HeldCommand {
  private static final int KILLED = 128;

  private final long graceMs;
  private volatile Process process;
  private boolean stopped;

  /**
   * @param graceMs how long it has between TERM and KILL when this process is told to stop
   */
  HeldCommand(long graceMs) {
    this.graceMs = graceMs;
  }

  /**
   * Runs it to its end.
   *
   * @return its exit code, or {@link ExitCode#LOST} when it was killed because what it runs under
   *     was lost
   */
  int run(QueuedZnode held, List<String> words, Map<String, String> env) throws IOException {
    synchronized (this) {
      if (stopped) {
        return ExitCode.CANCELLED.number();
      }
      process = start(words, env);
    }
    boolean[] killed = new boolean[1];
    held.lost()
        .thenAccept(
            reason -> {
              // At once: from now on somebody else may hold it.
              synchronized (killed) {
                killed[0] = process.isAlive();
              }
              CommandHandler.signal(process, "KILL");
            });
    try {
      int code = process.waitFor();
      CommandHandler.signal(process, "KILL"); // what it left behind
      synchronized (killed) {
        return killed[0] && code >= KILLED ? ExitCode.LOST.number() : code;
      }
    } catch (InterruptedException e) {
      CommandHandler.signal(process, "KILL");
      throw RetryDelay.interrupted(e);
    }
  }

  private static Process start(List<String> words, Map<String, String> env) throws IOException {
    List<String> line =
        new ArrayList<>(List.of("setsid", "sh", "-c", CommandHandler.SCRIPT, "paddock"));
    if (words.size() == 1 && words.get(0).strip().contains(" ")) {
      line.addAll(List.of("sh", "-c", words.get(0)));
    } else {
      line.addAll(words);
    }
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(env);
    return builder.start();
  }

  /** Ends it, gently first; it will not be started any more. */
  void stop() {
    synchronized (this) {
      stopped = true;
    }
    Process running = process;
    if (running == null || !running.isAlive()) {
      return;
    }
    CommandHandler.signal(running, "TERM");
    try {
      if (!running.waitFor(graceMs, TimeUnit.MILLISECONDS)) {
        CommandHandler.signal(running, "KILL");
      }
    } catch (InterruptedException e) {
      CommandHandler.signal(running, "KILL");
      Thread.currentThread().interrupt();
    }
  }
}
