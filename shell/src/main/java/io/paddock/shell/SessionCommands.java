package io.paddock.shell;

import java.util.List;
import java.util.Map;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Version;

/** The shell and its session: connect, close, quit, history, redo, version. */
final class SessionCommands {
  private SessionCommands() {}

  static List<CommandSpec> commands() {
    return List.of(
        raw("connect", "host:port", "to another server, or again", SessionCommands::connect),
        raw("quit", "", "end the session and leave", SessionCommands::quit),
        raw("history", "", "the last commands with their numbers", SessionCommands::history),
        raw("redo", "cmdno", "a command of the history again", SessionCommands::redo),
        CommandSpec.of("close", "", Options.none(), "end the session", SessionCommands::close)
            .kind(Command.Kind.ONLINE_RAW),
        CommandSpec.of("version", "", Options.none(), "of the client", SessionCommands::version));
  }

  private static CommandSpec raw(String name, String usage, String summary, CommandSpec.Body body) {
    return CommandSpec.of(name, usage, Options.none(), summary, body).kind(Command.Kind.RAW);
  }

  private static void connect(Call call) throws CommandFailure, InterruptedException {
    ShellConnection connection = call.shell().connection();
    connection.open(call.words().isEmpty() ? connection.server() : call.words().get(0));
  }

  private static void close(Call call) throws InterruptedException {
    call.shell().connection().close();
  }

  private static void quit(Call call) throws InterruptedException {
    call.shell().connection().close();
    call.shell().finish();
  }

  private static void history(Call call) {
    call.shell().history().recent().forEach(call.out()::println);
  }

  /** Without a number zkCli does nothing, and says nothing. */
  private static void redo(Call call) throws CommandFailure, KeeperException, InterruptedException {
    if (call.words().isEmpty()) {
      return;
    }
    int index;
    try {
      index = Integer.parseInt(call.words().get(0));
    } catch (NumberFormatException e) {
      throw call.wrongUse();
    }
    CommandHistory history = call.shell().history();
    String line = history.line(index);
    if (line == null) {
      throw new CommandFailure("Command index out of range");
    }
    List<String> words = LineSplitter.split(line);
    if (!words.isEmpty() && words.get(0).equals(call.command().name())) {
      throw new CommandFailure("No redoing redos");
    }
    history.replaceCurrent(line);
    call.shell().runWords(words);
  }

  private static void version(Call call) throws CommandFailure {
    if (call.arguments().count() > 0) {
      throw call.wrongUse();
    }
    if (call.json()) {
      call.printJson(Map.of("client", Version.getFullVersion()));
      return;
    }
    call.out().println("ZooKeeper CLI version: " + Version.getFullVersion());
  }
}
