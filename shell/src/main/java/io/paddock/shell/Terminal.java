package io.paddock.shell;

import java.io.IOException;
import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Size;
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
      Reachability.explain(shell.connection().server(), shell.connection().causes())
          .forEach(shell.err()::println);
    }
    try (var terminal = TerminalBuilder.builder().system(true).build()) {
      if (terminal.getWidth() == 0) {
        terminal.setSize(new Size(80, 24)); // a terminal without a size would show no prompt
      }
      run(shell, terminal);
    }
  }

  /** The same on a terminal of the caller's, without the greeting. */
  static void run(Shell shell, org.jline.terminal.Terminal terminal) {
    LineReader reader = reader(shell, terminal);
    shell.printEventsWith(reader::printAbove);
    while (!shell.finished()) {
      try {
        runInterruptibly(shell, terminal, reader.readLine(shell.prompt()));
      } catch (UserInterruptException e) {
        // Ctrl-C drops the line
      } catch (EndOfFileException e) {
        return;
      }
    }
  }

  /** Ctrl-C ends the command under way, not the shell. */
  private static void runInterruptibly(
      Shell shell, org.jline.terminal.Terminal terminal, String line) {
    Thread runner = Thread.currentThread();
    var before = terminal.handle(Signal.INT, signal -> runner.interrupt());
    try {
      shell.runLine(line);
    } catch (InterruptedException e) {
      shell.err().println("interrupted");
    } finally {
      terminal.handle(Signal.INT, before);
      Thread.interrupted(); // one that came too late is no reason to end the next command
    }
  }

  private static LineReader reader(Shell shell, org.jline.terminal.Terminal terminal) {
    var parser = new DefaultParser();
    parser.setEscapeChars(null); // a backslash is a plain character, see LineSplitter
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
      reader.setVariable(LineReader.HISTORY_IGNORE, "addauth *"); // holds passwords
    }
    return reader;
  }
}
