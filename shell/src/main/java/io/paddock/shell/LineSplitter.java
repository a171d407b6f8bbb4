package io.paddock.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words as zkCli does (client protocol sheet, section 13.5).
 *
 * <p>White space separates. A word that begins with a quote runs to the next quote of that kind and
 * loses both; what follows the closing quote is a word of its own. Quotes inside a word are plain
 * characters, and so is a backslash. A quote that is never closed is dropped; but if white space
 * that no word precedes stands before it, both belong to the word that follows.
 */
final class LineSplitter {
  private final String line;
  private final List<String> words = new ArrayList<>();

  private LineSplitter(String line) {
    this.line = line;
  }

  static List<String> split(String line) {
    var splitter = new LineSplitter(line);
    int at = 0;
    while (at < line.length()) {
      at = splitter.next(at);
    }
    return splitter.words;
  }

  /** Takes one word, or drops one character; returns where to go on. */
  private int next(int at) {
    int start = spaceEnd(at);
    if (start < line.length() && isQuote(start)) {
      int close = line.indexOf(line.charAt(start), start + 1);
      if (close >= 0) {
        words.add(line.substring(start + 1, close));
        return spaceEnd(close + 1);
      }
      if (start == at) {
        return at + 1;
      }
    }
    boolean spaceIsPart = start == line.length() || isQuote(start);
    int from = spaceIsPart ? start - 1 : start;
    int end = from + 1;
    while (end < line.length() && !isSpace(end)) {
      end++;
    }
    words.add(line.substring(from, end));
    return spaceEnd(end);
  }

  private int spaceEnd(int at) {
    int end = at;
    while (end < line.length() && isSpace(end)) {
      end++;
    }
    return end;
  }

  private boolean isQuote(int at) {
    return line.charAt(at) == '\'' || line.charAt(at) == '"';
  }

  private boolean isSpace(int at) {
    char c = line.charAt(at);
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
