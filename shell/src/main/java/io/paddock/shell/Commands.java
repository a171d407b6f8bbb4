package io.paddock.shell;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jline.utils.Levenshtein;

/** All commands by name. */
final class Commands {
  private static final String HEADER =
      "ZooKeeper -server host:port -client-configuration properties-file cmd args";

  private final Map<String, Command> byName = new TreeMap<>();
  private final Map<String, Command> byWord = new TreeMap<>();

  private Commands(Collection<? extends Command> commands) {
    for (Command command : commands) {
      byName.put(command.name(), command);
      byWord.put(command.name(), command);
      command.aliases().forEach(alias -> byWord.put(alias, command));
    }
  }

  static Commands all() {
    return new Commands(
        Stream.of(
                NodeReads.commands(),
                NodeWrites.commands(),
                AclCommands.commands(),
                QuotaCommands.commands(),
                WatchCommands.commands(),
                ConfigCommands.commands(),
                SessionCommands.commands(),
                Additions.commands())
            .flatMap(List::stream)
            .toList());
  }

  Optional<Command> find(String word) {
    return Optional.ofNullable(byWord.get(word));
  }

  /** Every command, by name. */
  Collection<Command> inOrder() {
    return byName.values();
  }

  /** zkCli's list of commands, without what only this shell has. */
  String usage() {
    StringBuilder text = new StringBuilder(HEADER);
    for (Command command : byName.values()) {
      if (!command.addition()) {
        text.append("\n\t").append(command.name()).append(' ').append(command.usage());
      }
    }
    return text.toString();
  }

  /** The names that a mistyped word may have meant, nearest first, at most three. */
  List<String> nearTo(String word) {
    record Candidate(String name, int distance) {}
    List<Candidate> near = new ArrayList<>();
    int allowed = word.length() <= 3 ? 1 : 2;
    for (String name : byWord.keySet()) {
      int distance =
          Levenshtein.distance(word.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      if (distance <= allowed && distance < name.length()) {
        near.add(new Candidate(byWord.get(name).name(), distance));
      }
    }
    near.sort(Comparator.comparingInt(Candidate::distance));
    return near.stream().map(Candidate::name).distinct().limit(3).toList();
  }
}
