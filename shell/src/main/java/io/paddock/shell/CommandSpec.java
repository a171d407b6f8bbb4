package io.paddock.shell;

import java.util.List;
import org.apache.zookeeper.KeeperException;

/** A command put together from its parts; each {@code with} step gives a new one. */
record CommandSpec(
    String name,
    String usage,
    String summary,
    List<String> aliases,
    Options options,
    Kind kind,
    boolean addition,
    String usageLine,
    Body body)
    implements Command {

  /** What a command does. */
  @FunctionalInterface
  interface Body {
    void run(Call call) throws CommandFailure, KeeperException, InterruptedException;
  }

  static CommandSpec of(String name, String usage, Options options, String summary, Body body) {
    return new CommandSpec(
        name, usage, summary, List.of(), options, Kind.ONLINE, false, name + " " + usage, body);
  }

  CommandSpec kind(Kind other) {
    return new CommandSpec(
        name, usage, summary, aliases, options, other, addition, usageLine, body);
  }

  CommandSpec aliases(String... names) {
    return new CommandSpec(
        name, usage, summary, List.of(names), options, kind, addition, usageLine, body);
  }

  CommandSpec asAddition() {
    return new CommandSpec(name, usage, summary, aliases, options, kind, true, usageLine, body);
  }

  /** With the described options listed below the usage line, as zkCli does for get and set. */
  CommandSpec usageListsOptions() {
    return new CommandSpec(
        name,
        usage,
        summary,
        aliases,
        options,
        kind,
        addition,
        usageLine + options.describe() + "\n",
        body);
  }

  @Override
  public void run(Call call) throws CommandFailure, KeeperException, InterruptedException {
    body.run(call);
  }
}
