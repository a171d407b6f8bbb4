package io.paddock.tasks;

import java.nio.file.Path;

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
    Process process = JavaProcess.start(log, RoleProcess.class.getName(), role, name, connect);
    return new RoleProcess(role, name, process);
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
    JavaProcess.signal(process, signal);
  }

  @Override
  public void close() {
    JavaProcess.kill(process);
  }
}
