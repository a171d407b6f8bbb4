package io.paddock.shell;

import java.util.List;
import java.util.Locale;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.WatcherType;

/** Watches: addWatch, removewatches, printwatches. */
final class WatchCommands {
  /** The options of removewatches and what each stands for; the first one given counts. */
  private static final List<String> TYPE_OPTIONS = List.of("c", "d", "p", "r");

  private static final List<WatcherType> TYPES =
      List.of(
          WatcherType.Children,
          WatcherType.Data,
          WatcherType.Persistent,
          WatcherType.PersistentRecursive);

  private WatchCommands() {}

  static List<CommandSpec> commands() {
    return List.of(
        CommandSpec.of(
            "addWatch",
            "[-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default"
                + " is PERSISTENT_RECURSIVE",
            Options.none().value("m", ""),
            "a watch that stays, by default on the whole subtree",
            WatchCommands::addWatch),
        CommandSpec.of(
            "removewatches",
            "path [-c|-d|-a] [-l]",
            Options.none().flags("c", "d", "p", "r", "a", "l"),
            "watches of a path: -c child, -d data, -p persistent, -r recursive, -a any;"
                + " -l also without a server",
            WatchCommands::removeWatches),
        CommandSpec.of(
                "printwatches",
                "on|off",
                Options.none(),
                "whether events are printed",
                WatchCommands::printWatches)
            .kind(Command.Kind.RAW));
  }

  private static void addWatch(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    String mode = call.has("m") ? call.arguments().value("m") : "PERSISTENT_RECURSIVE";
    if (call.arguments().count() != 1) {
      throw call.wrongUse();
    }
    AddWatchMode parsed;
    try {
      parsed = AddWatchMode.valueOf(mode.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw call.wrongUse();
    }
    call.client().addWatch(call.path(), parsed);
  }

  private static void removeWatches(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    String path = call.path();
    WatcherType type = WatcherType.Any;
    for (String option : TYPE_OPTIONS) {
      if (call.has(option)) {
        type = TYPES.get(TYPE_OPTIONS.indexOf(option));
        break;
      }
    }
    call.client().removeAllWatches(path, type, call.has("l"));
  }

  private static void printWatches(Call call) {
    if (call.words().isEmpty()) {
      call.out().println("printwatches is " + (call.shell().printsWatches() ? "on" : "off"));
    } else {
      call.shell().printWatches(call.words().get(0).equals("on"));
    }
  }
}
