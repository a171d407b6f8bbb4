package io.paddock.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The demo's side of a master's or a worker's process. For one thread. */
final class DemoRole implements AutoCloseable {
  private final String name;
  private final Process process;
  private final BufferedReader says;

  private DemoRole(String name, Process process) {
    this.name = name;
    this.process = process;
    this.says = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts a process; it is not ready yet on return.
   *
   * @param name what the demo calls it
   * @param log where its log goes
   * @param words the command behind {@code paddock}
   */
  static DemoRole start(Launch launch, String name, Path log, String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    try {
      Process process =
          new ProcessBuilder(launch.command(ChildMain.class, arguments))
              .redirectError(log.toFile())
              .start();
      return new DemoRole(name, process);
    } catch (IOException e) {
      throw new DemoException("the process of " + name + " could not be started", e);
    }
  }

  String name() {
    return name;
  }

  long processId() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Waits for the first line that it prints, which it does when it has begun to work. */
  String firstLine() {
    try {
      String line = says.readLine();
      if (line == null) {
        throw new DemoException(name + " ended before it began to work");
      }
      return line;
    } catch (IOException e) {
      throw new DemoException("what " + name + " says could not be read", e);
    }
  }

  /** Ends the process as {@code kill -9} does. */
  void kill() {
    kill(process, name);
  }

  /** Ends a process as {@code kill -9} does: it gets no chance to write anything. */
  static void kill(Process process, String name) {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException("interrupted while " + name + " ended", e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
