package io.paddock.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The benchmark's side of a {@link TaskRole}. For one thread. */
final class TaskProcess implements AutoCloseable {
  private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long LOOK_MS = 5;

  private final Process process;
  private final Writer questions;
  private final BufferedReader answers;

  private TaskProcess(Process process) {
    this.process = process;
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  static TaskProcess start(Settings settings, String... arguments) throws IOException {
    Path logging = settings.directory().resolve("task-role-logback.xml");
    Files.write(logging, ServerProcess.logging());
    List<String> command = new ArrayList<>();
    command.add(settings.java().toString());
    command.add("-Xmx" + settings.heap());
    command.add("-Dlogback.configurationFile=" + logging);
    command.addAll(List.of("-cp", settings.classPath(), TaskRole.class.getName()));
    command.addAll(List.of(arguments));
    return new TaskProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  long pid() {
    return process.pid();
  }

  /** Asks once. */
  private String[] ask() throws IOException {
    questions.write("?\n");
    questions.flush();
    StringBuilder other = new StringBuilder();
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(TaskRole.REPORT)) {
        return line.substring(TaskRole.REPORT.length()).split(" ");
      }
      other.append(line).append('|'); // its log
    }
    throw new IOException("a process of the task system ended: " + other);
  }

  /** Asks until the answer is as wanted. */
  String[] await(String what, Predicate<String[]> wanted) throws IOException {
    long end = System.nanoTime() + TIMEOUT_NANOS;
    while (System.nanoTime() < end) {
      String[] answer = ask();
      if (wanted.test(answer)) {
        return answer;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    throw new IOException("did not come within five minutes: " + what);
  }

  /** kill -9, and waits until the process is gone. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
