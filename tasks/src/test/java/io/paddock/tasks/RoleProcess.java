package io.paddock.tasks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A master or a worker as a process of its own, to be killed and stopped. */
final class RoleProcess implements AutoCloseable {
  static final int SESSION_MS = 1_500;

  private final String role;
  private final String name;
  private final Process process;

  private RoleProcess(String role, String name, Process process) {
    this.role = role;
    this.name = name;
    this.process = process;
  }

  static RoleProcess start(String role, String name, String connect, Path log) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    words.addAll(List.of("-cp", classPath(), RoleProcess.class.getName(), role, name, connect));
    try {
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new RoleProcess(role, name, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Surefire may have put the class path into a jar's manifest; then this names that jar. */
  private static String classPath() {
    String full = System.getProperty("surefire.test.class.path");
    String path = full == null ? System.getProperty("java.class.path") : full;
    return path.replace(File.pathSeparator + File.pathSeparator, File.pathSeparator);
  }

  /** The process's main. */
  public static void main(String[] arguments) throws InterruptedException {
    String name = arguments[1];
    String connect = arguments[2];
    if (arguments[0].equals("master")) {
      Master.builder(connect).name(name).sessionTimeoutMs(SESSION_MS).start();
    } else {
      Worker.builder(connect).id(name).slots(4).sessionTimeoutMs(SESSION_MS).graceMs(300).start();
    }
    Thread.currentThread().join();
  }

  String role() {
    return role;
  }

  String name() {
    return name;
  }

  boolean alive() {
    return process.isAlive();
  }

  void signal(String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
