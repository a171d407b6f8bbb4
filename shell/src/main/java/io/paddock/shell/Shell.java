package io.paddock.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;

/**
 * A shell's state and the running of one line. One thread runs lines; events arrive on the client's
 * event thread and are printed whole.
 */
final class Shell {
  private static final String JSON_FLAG = "--json";

  private final ShellOptions options;
  private final PrintStream out;
  private final PrintStream err;
  private final Commands commands = Commands.all();
  private final CommandHistory history = new CommandHistory();
  private final ShellConnection connection;
  private volatile Consumer<String> eventLines;
  private volatile boolean printsWatches = true;
  private int exitCode;
  private boolean finished;

  Shell(ShellOptions options, PrintStream out, PrintStream err) {
    this.options = options;
    this.out = out;
    this.err = err;
    this.eventLines = out::println;
    this.connection = new ShellConnection(options, this::onEvent);
  }

  ShellOptions options() {
    return options;
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  Commands commands() {
    return commands;
  }

  CommandHistory history() {
    return history;
  }

  ShellConnection connection() {
    return connection;
  }

  boolean printsWatches() {
    return printsWatches;
  }

  void printWatches(boolean on) {
    printsWatches = on;
  }

  /** Where the text of an event goes, for a terminal that must keep its prompt in order. */
  void printEventsWith(Consumer<String> printer) {
    eventLines = printer;
  }

  /** The code to leave with: that of the last command. */
  int exitCode() {
    return exitCode;
  }

  /** True after quit. */
  boolean finished() {
    return finished;
  }

  void finish() {
    finished = true;
  }

  /** {@code [zk: localhost:2181(CONNECTED) 0] }. */
  String prompt() {
    return "[zk: %s(%s) %d] ".formatted(connection.server(), connection.state(), history.size());
  }

  /** Runs one typed line; a blank one is nothing. */
  void runLine(String line) throws InterruptedException {
    List<String> words = LineSplitter.split(line);
    if (line.isBlank() || words.isEmpty()) {
      return;
    }
    history.add(line);
    runWords(words);
  }

  /** Runs a command given as words, and keeps its exit code. */
  void runWords(List<String> words) throws InterruptedException {
    try {
      dispatch(words.get(0), words.subList(1, words.size()));
      if (!finished) {
        exitCode = 0;
      }
    } catch (CommandFailure e) {
      fail(e.getMessage(), e.exitCode());
    } catch (KeeperException e) {
      fail(Failures.describe(e), CommandFailure.ERROR);
      if (e.code() == KeeperException.Code.CONNECTIONLOSS) {
        Reachability.explain(connection.server(), connection.causes()).forEach(err::println);
      }
    } catch (IllegalArgumentException e) {
      // The client's refusal of a path or a number before anything is sent.
      fail(e.getMessage(), CommandFailure.ERROR);
    }
  }

  private void fail(String line, int code) {
    err.println(line);
    exitCode = code;
  }

  private void dispatch(String name, List<String> words)
      throws CommandFailure, KeeperException, InterruptedException {
    Command command = commands.find(name).orElse(null);
    if (command == null) {
      throw unknown(name);
    }
    boolean needsSession =
        command.kind() == Command.Kind.ONLINE || command.kind() == Command.Kind.ONLINE_RAW;
    if (needsSession && !connection.alive()) {
      out.println("Not connected");
      return;
    }
    command.run(call(command, words));
    if (command.kind() == Command.Kind.RAW && !connection.alive() && !finished) {
      out.println("Not connected");
    }
  }

  private Call call(Command command, List<String> words) throws CommandFailure {
    List<String> without = new ArrayList<>(words);
    int end = words.contains("--") ? words.indexOf("--") : words.size();
    boolean asked = without.subList(0, end).remove(JSON_FLAG);
    boolean raw = command.kind() == Command.Kind.RAW || command.kind() == Command.Kind.ONLINE_RAW;
    Arguments arguments = raw ? new Arguments(Map.of(), without) : command.options().parse(without);
    return new Call(command, without, arguments, options.json() || asked, this);
  }

  private CommandFailure unknown(String name) {
    String line = commands.usage() + "\nCommand not found: Command not found " + name;
    List<String> near = commands.nearTo(name);
    if (!near.isEmpty()) {
      line += "\nDid you mean %s?".formatted(String.join(" or ", near));
    }
    return new CommandFailure(line, CommandFailure.UNKNOWN_COMMAND);
  }

  private void onEvent(WatchedEvent event) {
    if (event.getState() == KeeperState.AuthFailed) {
      connection
          .causes()
          .failedLogin()
          .ifPresent(cause -> err.println("  The login by SASL has failed: " + cause));
    }
    if (!printsWatches) {
      return;
    }
    if (!options.json()) {
      eventLines.accept(ShellConnection.describe(event));
    } else if (event.getType() != EventType.None) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("event", event.getType().toString());
      fields.put("path", event.getPath());
      fields.put("zxid", event.getZxid());
      Json.print(out, fields);
    }
  }

  /** Ends the session. */
  void close() throws InterruptedException {
    connection.close();
  }
}
