package io.paddock.tasks;

import java.util.Arrays;

/** The main of a process that runs one of the commands, as {@code ./paddock} does. */
final class CommandProcess {
  private CommandProcess() {}

  /** {@code lock} or {@code elect}, then the command's words. */
  public static void main(String[] words) {
    String[] rest = Arrays.copyOfRange(words, 1, words.length);
    System.exit(words[0].equals("lock") ? TaskCommands.lock(rest) : TaskCommands.elect(rest));
  }
}
