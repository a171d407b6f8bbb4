package io.paddock.dist;

import io.paddock.bench.BenchMain;
import io.paddock.shell.ShellMain;
import io.paddock.sim.SimCommand;
import io.paddock.tasks.TaskCommands;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import picocli.CommandLine;

/**
 * The sub-commands of {@code paddock}, in the order in which help lists them.
 *
 * <p>Each constant holds a lambda and no class, so that naming one does not load the others. Those
 * that are programs of their own get their words unread.
 */
enum SubCommand {
  SERVER(
      "server",
      "Serve ZooKeeper clients, in the foreground.",
      words -> parse(new ServerCommand(), "server", words)),
  ENSEMBLE(
      "ensemble",
      "An ensemble on this machine, to try out.",
      words -> parse(new EnsembleCommand(), "ensemble", words)),
  DOCTOR(
      "doctor",
      "Check a configuration and its peers.",
      words -> parse(new DoctorCommand(), "doctor", words)),
  TLS(
      "tls",
      "Make and check certificates and stores.",
      words -> parse(new TlsCommand(), "tls", words)),
  SHELL("shell", "A shell with zkCli's commands.", words -> ShellMain.run(words)),
  UP(
      "up",
      "A server, a master and workers in one go.",
      words -> parse(new UpCommand(), "up", words)),
  MASTER("master", "Assign tasks to workers.", words -> TaskCommands.master(words)),
  WORKER("worker", "Execute tasks.", words -> TaskCommands.worker(words)),
  SUBMIT("submit", "Submit a task.", words -> TaskCommands.submit(words)),
  TASKS("tasks", "List, show, cancel, retry tasks.", words -> TaskCommands.tasks(words)),
  WORKERS("workers", "List and drain workers.", words -> TaskCommands.workers(words)),
  STATUS("status", "Master, workers and tasks in numbers.", words -> TaskCommands.status(words)),
  ELECT("elect", "Run a command while elected.", words -> TaskCommands.elect(words)),
  LOCK("lock", "Run a command while holding a lock.", words -> TaskCommands.lock(words)),
  CONFIG("config", "Configuration, pushed to watchers.", words -> TaskCommands.config(words)),
  MEMBERS("members", "Who is in a group.", words -> TaskCommands.members(words)),
  DEMO(
      "demo",
      "Run tasks while worker, master and leader are killed.",
      words -> parse(new DemoCommand(), "demo", words)),
  SIM("sim", "Simulate ensembles under faults, from a seed.", words -> SimCommand.run(words)),
  BENCH("bench", "Measure side by side with Apache ZooKeeper.", words -> BenchMain.run(words)),
  VERSION(
      "version",
      "Print the version and exit.",
      words -> parse(new VersionCommand(), "version", words));

  private final String word;
  private final String description;
  private final ToIntFunction<String[]> program;

  SubCommand(String word, String description, ToIntFunction<String[]> program) {
    this.word = word;
    this.description = description;
    this.program = program;
  }

  /** The sub-command that {@code word} names, or null. */
  static SubCommand named(String word) {
    for (SubCommand command : values()) {
      if (command.word.equals(word)) {
        return command;
      }
    }
    return null;
  }

  String word() {
    return word;
  }

  String description() {
    return description;
  }

  /** Runs the command with the words that follow it; returns the process's exit code. */
  int run(String[] words) {
    return program.applyAsInt(words);
  }

  private static int parse(Callable<Integer> command, String word, String[] words) {
    return new CommandLine(command)
        .setCommandName("paddock " + word)
        .setExpandAtFiles(false)
        .execute(words);
  }
}
