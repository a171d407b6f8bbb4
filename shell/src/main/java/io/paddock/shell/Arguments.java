package io.paddock.shell;

import java.util.List;
import java.util.Map;

/**
 * The words behind a command, sorted into options and the rest.
 *
 * @param values option name to its value, the empty string for an option without one; of a repeated
 *     option the first value
 * @param rest the other words, in order
 */
record Arguments(Map<String, String> values, List<String> rest) {

  boolean has(String option) {
    return values.containsKey(option);
  }

  /** The value of an option, or null if it was not given. */
  String value(String option) {
    return values.get(option);
  }

  int count() {
    return rest.size();
  }

  /** The word at a position, or null if there are not as many. */
  String word(int position) {
    return position < rest.size() ? rest.get(position) : null;
  }

  /** The number given with an option, or {@code absent} if the option was not given. */
  int intValue(String option, int absent) throws CommandFailure {
    String text = value(option);
    if (text == null) {
      return absent;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new CommandFailure("-" + option + " argument must be an int value");
    }
  }
}
