package io.paddock.dist;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The sub-commands of {@code paddock}, in the order in which help lists them.
 *
 * <p>Each constant holds a lambda and no class, so that naming one does not load the others.
 */
enum SubCommand {
  VERSION("version", "Print the version and exit.", () -> new VersionCommand());

  private final String word;
  private final String description;
  private final Supplier<Callable<Integer>> command;

  SubCommand(String word, String description, Supplier<Callable<Integer>> command) {
    this.word = word;
    this.description = description;
    this.command = command;
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
  int run(String[] arguments) {
    return new CommandLine(command.get())
        .setCommandName("paddock " + word)
        .setExpandAtFiles(false)
        .execute(arguments);
  }
}
