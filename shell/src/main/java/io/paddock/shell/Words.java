package io.paddock.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words as zkCli does (client protocol sheet, section 13.5).
 *
 * <p>White space separates. A word that begins with a quote runs to the next quote of that kind and
 * loses both; what follows the closing quote is a word of its own. Quotes inside a word are plain
 * characters, and so is a backslash. A quote that is never closed is dropped and splitting goes on
 * behind it.
 */
final class Words {
  private Words() {}

  static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (at < line.length()) {
      char c = line.charAt(at);
      if (isSpace(c)) {
        at++;
      } else if (c == '\'' || c == '"') {
        int close = line.indexOf(c, at + 1);
        if (close >= 0) {
          words.add(line.substring(at + 1, close));
          at = close + 1;
        } else {
          at++;
        }
      } else {
        int end = at;
        while (end < line.length() && !isSpace(line.charAt(end))) {
          end++;
        }
        words.add(line.substring(at, end));
        at = end;
      }
    }
    return words;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
