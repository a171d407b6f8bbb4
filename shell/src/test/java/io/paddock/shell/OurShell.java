package io.paddock.shell;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Our shell in this JVM with captured streams, driven line by line like {@link ApacheShell}. */
final class OurShell implements AutoCloseable {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final String thread = Thread.currentThread().getName();
  private final Shell shell;

  OurShell(String server, String... options) {
    List<String> arguments = new ArrayList<>(List.of("-server", server));
    arguments.addAll(List.of(options));
    try {
      shell = new Shell(withoutHistoryFile(ShellOptions.parse(arguments)), print(out), print(err));
      shell.out().println("Connecting to " + server);
      shell.connection().open(server);
      EventDrain.await(shell.connection().client(), thread);
    } catch (CommandFailure e) {
      throw new IllegalArgumentException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  Shell shell() {
    return shell;
  }

  Transcript run(List<String> script) throws InterruptedException {
    String before = take(out);
    List<Transcript.Entry> entries = new ArrayList<>();
    for (String line : script) {
      entries.add(run(line));
    }
    return new Transcript(before, entries);
  }

  Transcript.Entry run(String line) throws InterruptedException {
    shell.runLine(line);
    EventDrain.await(shell.connection().client(), thread);
    return new Transcript.Entry(line, take(out), take(err), shell.exitCode());
  }

  /** What went to standard output and was not taken by {@link #run}. */
  String printed() {
    return take(out);
  }

  /** What went to standard error and was not taken by {@link #run} yet; from any thread. */
  String complained() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static String take(ByteArrayOutputStream bytes) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  @Override
  public void close() {
    try {
      shell.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lines typed at a terminal are forgotten. */
  private static ShellOptions withoutHistoryFile(ShellOptions options) {
    return new ShellOptions(
        options.server(),
        options.timeoutMillis(),
        options.readOnlyAllowed(),
        options.waitForConnection(),
        options.clientConfiguration(),
        options.saslConfigured(),
        null,
        options.json(),
        options.verbose(),
        options.request(),
        options.command(),
        options.notes());
  }
}
