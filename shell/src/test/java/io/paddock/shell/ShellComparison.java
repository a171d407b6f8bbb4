package io.paddock.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs a script through Apache's zkCli, as a child process, and through ours, each against a server
 * of its own that is fresh, and lists what differs.
 *
 * <p>The stated exceptions, all of them: those of {@link #allowed}; that a blank line is nothing to
 * us and an unknown command to zkCli; that {@code help}, {@code tree} and {@code watch} exist; that
 * piped input brings no prompts and no words about JLine; that a single {@code history} prints
 * nothing instead of {@code 0 - null}; and that what makes zkCli die of an exception at its start
 * (an option without its value, a port that is no number) is a line and the exit code 1.
 */
public final class ShellComparison {
  private static final Pattern TIME = Pattern.compile("([cm]time) = .*");
  private static final Pattern SESSION = Pattern.compile("ephemeralOwner = 0x[0-9a-f]{2,}");

  private final Path folder;

  /** Files that the script needs are made in that folder. */
  public ShellComparison(Path folder) throws IOException {
    this.folder = folder;
    Files.writeString(folder.resolve("dyn.cfg"), "server.1=localhost:1:2:participant;2181\n");
    Files.writeString(folder.resolve("dynbad.cfg"), "server.1=xx\n");
    Files.writeString(folder.resolve("dynblank.cfg"), "server.1=localhost:1:2 ;2181\n");
    Files.writeString(folder.resolve("dynversion.cfg"), "server.1=localhost:1:2;3\nversion=x\n");
    Files.writeString(folder.resolve("dyngroup.cfg"), "server.1=localhost:1:2;3\ngroup.1=1: 1\n");
    Files.writeString(folder.resolve("dynother.cfg"), "server.1=localhost:1:2;3\nclientPort=1\n");
    Files.writeString(folder.resolve("dynghost.cfg"), "server.1=localhost:1:2;3\ngroup.1=1:9\n");
    Files.writeString(folder.resolve("dynescape.cfg"), "server.1=\\u00\n");
    Files.writeString(folder.resolve("dynempty.cfg"), "");
  }

  /** The lines of a script in the class path, without comments and blank lines. */
  public static List<String> script(String resource) throws IOException {
    try (InputStream in = ShellComparison.class.getResourceAsStream("/" + resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    }
  }

  /** One text per command on which the shells differ in a way that is not allowed. */
  public List<String> differences(List<String> script, String serverForApache, String serverForOurs)
      throws IOException, InterruptedException {
    Transcript theirs = runApache(fill(script, serverForApache), serverForApache);
    Transcript ours = runOurs(fill(script, serverForOurs), serverForOurs);
    List<String> differences = new ArrayList<>();
    if (!normal(theirs.before(), serverForApache).equals(normal(ours.before(), serverForOurs))) {
      differences.add("the beginning:\n" + theirs.before() + "--- ours\n" + ours.before());
    }
    for (int i = 0; i < script.size(); i++) {
      Transcript.Entry expected = normal(theirs.entries().get(i), serverForApache);
      Transcript.Entry actual = normal(ours.entries().get(i), serverForOurs);
      if (!expected.equals(actual) && !allowed(expected, actual)) {
        differences.add(script.get(i) + "\n" + show(expected) + "--- ours\n" + show(actual));
      }
    }
    return differences;
  }

  /** Where ours may differ, and how. */
  private static boolean allowed(Transcript.Entry theirs, Transcript.Entry ours) {
    if (theirs.err().contains(Transcript.CRASH)) {
      // An unchecked exception ends zkCli; ours says what is wrong, in one line, and goes on.
      String before = theirs.err().substring(0, theirs.err().indexOf(Transcript.CRASH));
      boolean oneLineMore = ours.err().lines().count() == before.lines().count() + 1;
      return ours.exitCode() == 1 && ours.err().startsWith(before) && oneLineMore;
    }
    String added =
        ours.err().startsWith(theirs.err()) ? ours.err().substring(theirs.err().length()) : "";
    boolean same = theirs.out().equals(ours.out()) && theirs.exitCode() == ours.exitCode();
    // A hint on a mistyped command, and the cause of a lost connection, come as more lines.
    boolean hint = theirs.exitCode() == 127 && added.startsWith("Did you mean ");
    boolean told =
        theirs.err().contains("ConnectionLoss")
            || theirs.err().endsWith("Acl is not valid : null\n");
    boolean cause = told && added.startsWith("  ");
    return same && (hint || cause);
  }

  private List<String> fill(List<String> script, String server) {
    return script.stream()
        .map(line -> line.replace("@SERVER@", server).replace("@DIR@", folder.toString()))
        .toList();
  }

  private static Transcript.Entry normal(Transcript.Entry entry, String server) {
    return new Transcript.Entry(
        entry.command().replace(server, "SERVER"),
        normal(entry.out(), server),
        normal(entry.err(), server),
        entry.exitCode());
  }

  private static String normal(String text, String server) {
    String timeless = TIME.matcher(text).replaceAll("$1 = TIME");
    return SESSION
        .matcher(timeless)
        .replaceAll("ephemeralOwner = SESSION")
        .replace(server, "SERVER");
  }

  private static String show(Transcript.Entry entry) {
    return entry.out() + "(stderr) " + entry.err() + "(exit) " + entry.exitCode() + "\n";
  }

  private static Transcript runApache(List<String> script, String server)
      throws IOException, InterruptedException {
    ChildProcess child = ChildProcess.java(ApacheShell.class, "-server", server);
    ChildProcess.Result result = child.run(String.join("\n", script) + "\n");
    return Transcript.cut(script, result.out(), result.err());
  }

  private static Transcript runOurs(List<String> script, String server)
      throws InterruptedException {
    try (var shell = new OurShell(server)) {
      return shell.run(script);
    }
  }
}
