package io.paddock.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * What a shell printed, command by command.
 *
 * @param before what it printed before the first command
 */
record Transcript(String before, List<Entry> entries) {
  /** Begins the line of an unchecked exception that would have ended Apache's shell. */
  static final String CRASH = "@@crash ";

  private static final String MARK = "@@";
  private static final String EXIT = "@@exit ";

  /** One command with what it printed on either stream and the exit code after it. */
  record Entry(String command, String out, String err, int exitCode) {}

  static String marker(int index) {
    return MARK + index;
  }

  static String exitLine(int code) {
    return EXIT + code;
  }

  /** Cuts the streams of {@link ApacheShell} at its marks. */
  static Transcript cut(List<String> commands, String out, String err) {
    List<Entry> entries = new ArrayList<>();
    int outAt = after(out, marker(0), 0);
    int errAt = after(err, marker(0), 0);
    String before = out.substring(0, out.indexOf(marker(0)));
    for (int i = 0; i < commands.size(); i++) {
      boolean last = i == commands.size() - 1;
      int outEnd = last ? out.length() : out.indexOf(marker(i + 1) + "\n", outAt);
      int errEnd = last ? err.length() : err.indexOf(marker(i + 1) + "\n", errAt);
      String printed = out.substring(outAt, outEnd);
      int exitAt = printed.lastIndexOf(EXIT);
      int exitCode = Integer.parseInt(printed.substring(exitAt + EXIT.length()).trim());
      entries.add(
          new Entry(
              commands.get(i),
              printed.substring(0, exitAt),
              err.substring(errAt, errEnd),
              exitCode));
      if (!last) {
        outAt = after(out, marker(i + 1), outEnd);
        errAt = after(err, marker(i + 1), errEnd);
      }
    }
    return new Transcript(before, entries);
  }

  private static int after(String text, String mark, int from) {
    return text.indexOf(mark + "\n", from) + mark.length() + 1;
  }
}
