package io.paddock.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The numbered lines of this run of the shell, the current one included. */
final class CommandHistory {
  private static final int SHOWN_BEFORE_CURRENT = 10;

  private final List<String> lines = new ArrayList<>();

  void add(String line) {
    lines.add(line);
  }

  /** How many lines came before the next one. */
  int size() {
    return lines.size();
  }

  /** A line before the current one, or null. */
  String line(int index) {
    return index >= 0 && index < lines.size() - 1 ? lines.get(index) : null;
  }

  /** A redone command stands in the history in place of the redo. */
  void replaceCurrent(String line) {
    lines.set(lines.size() - 1, line);
  }

  /** The current line and up to ten before it, as {@code 3 - ls /}. */
  List<String> recent() {
    int last = lines.size() - 1;
    return IntStream.rangeClosed(Math.max(0, last - SHOWN_BEFORE_CURRENT), last)
        .mapToObj(i -> i + " - " + lines.get(i))
        .toList();
  }
}
