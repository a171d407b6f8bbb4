package io.paddock.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The options of one command, and their parsing by the rules of Apache Commons CLI's default parser
 * with short names only, error texts included, because those are what zkCli prints.
 *
 * <p>The rules: options may stand anywhere; {@code --} ends them; a lone {@code -} is a word;
 * {@code -abc} is one option if there is one of that name, else {@code -a -b -c}, and the first of
 * these that takes a value takes the rest; {@code -v=3} works for one-letter names that take a
 * value; a value may be a negative number but not look like an option; a pair of double quotes
 * around a value is removed. Immutable.
 */
final class Options {
  private static final String THROWN = "org.apache.commons.cli.";

  private record Option(String name, boolean takesValue, String description) {}

  private record Group(List<String> members, boolean required) {}

  private final Map<String, Option> known;
  private final List<Group> groups;

  private Options(Map<String, Option> known, List<Group> groups) {
    this.known = known;
    this.groups = groups;
  }

  static Options none() {
    return new Options(Map.of(), List.of());
  }

  /** These and an option without a value. An undescribed option is not listed in a usage. */
  Options flag(String name, String description) {
    return with(new Option(name, false, description));
  }

  Options flags(String... names) {
    Options all = this;
    for (String name : names) {
      all = all.flag(name, "");
    }
    return all;
  }

  Options value(String name, String description) {
    return with(new Option(name, true, description));
  }

  /** Of these options at most one may be given, and if {@code required} exactly one. */
  Options group(boolean required, String... members) {
    List<Group> all = new ArrayList<>(groups);
    all.add(new Group(List.of(members), required));
    return new Options(known, List.copyOf(all));
  }

  private Options with(Option option) {
    Map<String, Option> all = new LinkedHashMap<>(known);
    all.put(option.name(), option);
    return new Options(all, groups);
  }

  /** The names, each with its hyphen, for completion. */
  List<String> names() {
    return known.keySet().stream().map(name -> "-" + name).toList();
  }

  /**
   * The described options, one per line in the layout of Commons CLI, each line with a line end
   * before it.
   */
  String describe() {
    Map<String, String> left = new TreeMap<>();
    for (Option option : known.values()) {
      if (!option.description().isEmpty()) {
        left.put(option.name(), " -" + option.name() + (option.takesValue() ? " <arg>" : ""));
      }
    }
    int width = left.values().stream().mapToInt(String::length).max().orElse(0) + 3;
    StringBuilder lines = new StringBuilder();
    left.forEach(
        (name, text) ->
            lines
                .append('\n')
                .append(text)
                .append(" ".repeat(width - text.length()))
                .append(known.get(name).description()));
    return lines.toString();
  }

  /**
   * Sorts words into options and the rest. Throws with the text zkCli prints if they do not fit.
   */
  Arguments parse(List<String> words) throws CommandFailure {
    return new Parse().all(words);
  }

  private boolean looksLikeOption(String word) {
    if (!word.startsWith("-") || word.length() == 1) {
      return false;
    }
    int equals = word.indexOf('=');
    String name = withoutHyphens(equals < 0 ? word : word.substring(0, equals));
    return known.containsKey(name) || (!name.isEmpty() && known.containsKey(name.substring(0, 1)));
  }

  private static String withoutHyphens(String word) {
    return word.startsWith("--") ? word.substring(2) : word.substring(1);
  }

  private static boolean isNumber(String word) {
    try {
      Double.parseDouble(word);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static String withoutQuotes(String value) {
    int last = value.length() - 1;
    boolean quoted = last > 0 && value.startsWith("\"") && value.endsWith("\"");
    return quoted && value.indexOf('"', 1) == last ? value.substring(1, last) : value;
  }

  private static CommandFailure unrecognized(String word) {
    return new CommandFailure(THROWN + "UnrecognizedOptionException: Unrecognized option: " + word);
  }

  /** One parse under way. */
  private final class Parse {
    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<String> rest = new ArrayList<>();
    private final Map<Group, String> selected = new LinkedHashMap<>();
    private Option awaitingValue;

    Arguments all(List<String> words) throws CommandFailure {
      boolean optionsEnded = false;
      for (String word : words) {
        if (optionsEnded) {
          rest.add(word);
        } else if (word.equals("--")) {
          optionsEnded = true;
        } else {
          word(word);
        }
      }
      requireValue();
      requireGroups();
      return new Arguments(values, rest);
    }

    private void word(String word) throws CommandFailure {
      if (awaitingValue != null && (!looksLikeOption(word) || isNumber(word))) {
        take(withoutQuotes(word));
      } else if (word.startsWith("--")) {
        throw unrecognized(word);
      } else if (word.startsWith("-") && word.length() > 1) {
        option(word);
      } else {
        rest.add(word);
      }
    }

    private void option(String word) throws CommandFailure {
      String name = word.substring(1);
      int equals = name.indexOf('=');
      if (known.containsKey(name)) {
        begin(known.get(name));
      } else if (name.length() == 1) {
        throw unrecognized(word);
      } else if (equals < 0) {
        joined(word, name);
      } else {
        Option option = equals == 1 ? known.get(name.substring(0, 1)) : null;
        if (option == null || !option.takesValue()) {
          throw unrecognized(word);
        }
        begin(option);
        take(name.substring(equals + 1));
      }
    }

    private void joined(String word, String letters) throws CommandFailure {
      for (int i = 0; i < letters.length(); i++) {
        Option option = known.get(letters.substring(i, i + 1));
        if (option == null) {
          throw unrecognized(word);
        }
        begin(option);
        if (option.takesValue() && i + 1 < letters.length()) {
          take(letters.substring(i + 1));
          return;
        }
      }
    }

    private void begin(Option option) throws CommandFailure {
      requireValue();
      for (Group group : groups) {
        if (group.members().contains(option.name())) {
          String before = selected.putIfAbsent(group, option.name());
          if (before != null && !before.equals(option.name())) {
            throw new CommandFailure(
                "%sAlreadySelectedException: The option '%s' was specified but an option from this"
                        .formatted(THROWN, option.name())
                    + " group has already been selected: '%s'".formatted(before));
          }
        }
      }
      if (option.takesValue()) {
        awaitingValue = option;
      } else {
        values.putIfAbsent(option.name(), "");
      }
    }

    private void take(String value) {
      values.putIfAbsent(awaitingValue.name(), value);
      awaitingValue = null;
    }

    private void requireValue() throws CommandFailure {
      if (awaitingValue != null) {
        throw new CommandFailure(
            THROWN
                + "MissingArgumentException: Missing argument for option: "
                + awaitingValue.name());
      }
    }

    private void requireGroups() throws CommandFailure {
      for (Group group : groups) {
        if (group.required() && !selected.containsKey(group)) {
          String members =
              group.members().stream()
                  .map(name -> "-" + name + " " + known.get(name).description())
                  .collect(Collectors.joining(", ", "[", "]"));
          throw new CommandFailure(
              THROWN + "MissingOptionException: Missing required option: " + members);
        }
      }
    }
  }
}
