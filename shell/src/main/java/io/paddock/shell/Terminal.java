package io.paddock.shell;

import java.io.IOException;
import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

/**
 * The prompt, line editing, completion and remembered lines. The only class, with {@link
 * Completion}, that touches JLine, so that a single command does not load it.
 */
final class Terminal {
  /** How long the first prompt waits for the connection, so that it need not say CONNECTING. */
  private static final long CONNECT_WAIT_MILLIS = 1500;

  private Terminal() {}

  /** Reads and runs lines until quit or the end of input. */
  static void run(Shell shell) throws IOException, InterruptedException {
    shell.out().println("Welcome to ZooKeeper!");
    shell.out().println("JLine support is enabled");
    if (!shell.connection().awaitConnected(CONNECT_WAIT_MILLIS)) {
      Reachability.explain(shell.connection().server()).forEach(shell.err()::println);
    }
    try (var terminal = TerminalBuilder.builder().system(true).build()) {
      LineReader reader = reader(shell, terminal);
      shell.printEventsWith(reader::printAbove);
      Thread runner = Thread.currentThread();
      while (!shell.finished()) {
        String line;
        try {
          line = reader.readLine(shell.prompt());
        } catch (UserInterruptException e) {
          continue; // Ctrl-C drops the line
        } catch (EndOfFileException e) {
          return;
        }
        var before = terminal.handle(Signal.INT, signal -> runner.interrupt());
        try {
          shell.runLine(line);
        } catch (InterruptedException e) {
          shell.err().println("interrupted");
        } finally {
          terminal.handle(Signal.INT, before);
          Thread.interrupted();
        }
      }
    }
  }

  private static LineReader reader(Shell shell, org.jline.terminal.Terminal terminal) {
    var parser = new DefaultParser();
    parser.setEscapeChars(null); // a backslash is a plain character, see Words
    parser.setEofOnUnclosedQuote(false);
    LineReader reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(parser)
            .completer(new Completion(shell))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .build();
    Path history = shell.options().historyFile();
    if (history != null) {
      reader.setVariable(LineReader.HISTORY_FILE, history);
    }
    return reader;
  }
}
