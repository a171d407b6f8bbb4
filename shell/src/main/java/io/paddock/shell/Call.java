package io.paddock.shell;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * One invocation of a command.
 *
 * @param command what is run
 * @param words the words behind its name, as typed
 * @param arguments the same, sorted; for {@link Command.Kind#RAW} all words are in the rest
 * @param json whether the result is to be printed as JSON
 * @param shell the shell that runs it
 */
record Call(Command command, List<String> words, Arguments arguments, boolean json, Shell shell) {

  ShellClient client() {
    return shell.connection().client();
  }

  PrintStream out() {
    return shell.out();
  }

  PrintStream err() {
    return shell.err();
  }

  boolean has(String option) {
    return arguments.has(option);
  }

  /** The first word that is not an option; the shell answers with the usage if there is none. */
  String path() throws CommandFailure {
    needWords(1);
    return arguments.word(0);
  }

  /** Fails with the usage if fewer words than that are left beside the options. */
  void needWords(int atLeast) throws CommandFailure {
    if (arguments.count() < atLeast) {
      throw wrongUse();
    }
  }

  CommandFailure wrongUse() {
    return new CommandFailure(command.usageLine());
  }

  void printJson(Map<String, ?> object) {
    Json.print(out(), object);
  }

  /** The same call with other words, parsed anew. */
  Call withWords(List<String> other) throws CommandFailure {
    return new Call(command, other, command.options().parse(other), json, shell);
  }
}
