package io.paddock.shell;

import java.util.List;
import org.apache.zookeeper.KeeperException;

/** A command of the shell. Implementations hold no state of a session. */
interface Command {

  /** What the user types, for example {@code getAcl}. */
  String name();

  /** The usage line behind the name, exactly as zkCli prints it; may be empty. */
  String usage();

  /** One line for {@code help}. */
  String summary();

  /** Other names that work. */
  default List<String> aliases() {
    return List.of();
  }

  default Options options() {
    return Options.none();
  }

  /** How the words behind the name are taken. */
  default Kind kind() {
    return Kind.ONLINE;
  }

  /** True for what zkCli does not have; such commands are kept out of its usage list. */
  default boolean addition() {
    return false;
  }

  /** The text that answers a wrong use. */
  default String usageLine() {
    return name() + " " + usage();
  }

  /**
   * Does it. What the client throws ({@link KeeperException}, {@link IllegalArgumentException} for
   * a bad path) is turned into an error line by the shell.
   */
  void run(Call call) throws CommandFailure, KeeperException, InterruptedException;

  /** What the shell checks before it runs a command. */
  enum Kind {
    /** Needs a live session; options are parsed. */
    ONLINE,
    /** Needs a live session and takes its words as they are. */
    ONLINE_RAW,
    /** Works without a session; options are parsed. */
    OFFLINE,
    /** Works without a session and takes its words as they are. */
    RAW
  }
}
