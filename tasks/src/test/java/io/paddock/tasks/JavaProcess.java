package io.paddock.tasks;

import io.paddock.testlib.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Starts main classes of the test's class path as processes that come up soon and stay small. */
final class JavaProcess {
  private JavaProcess() {}

  /** What it prints goes to the end of {@code log}. */
  static Process start(Path log, String main, String... arguments) {
    List<String> words = ChildJvm.words(List.of("-Xmx128m"), main);
    words.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(words)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** kill -9, and waits until the process is gone. */
  static void kill(Process process) {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void signal(Process process, String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
