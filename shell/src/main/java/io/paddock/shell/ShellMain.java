package io.paddock.shell;

import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.Version;

/**
 * The shell as a program (client protocol sheet, section 13.5): {@code [-server host:port[/chroot]]
 * [options] [command]}.
 *
 * <p>With a command it runs that one and leaves its session to the timeout; at a terminal it
 * prompts; else it reads commands from its input line by line, without prompts.
 */
public final class ShellMain {
  private static final String HELP =
      """
      usage: zkCli.sh [options] [command]
        -server HOST:PORT[,...][/CHROOT]  default localhost:2181
        -timeout MS                       session timeout asked for, default 30000
        -waitforconnection                wait for the connection before the first command
        -r                                a read-only server will do
        -client-configuration FILE        properties of the ZooKeeper client (TLS, SASL)
        --tls FILE                        speak TLS by the ssl.* keys of a zoo.cfg or client's file
        --json                            results as JSON, one document per line
        --verbose                         the client's log on standard error
        --version, --help
      With a command it runs that command and exits with 0, 1 for an error, 127 for an unknown
      command. Without one it reads commands from the terminal or from standard input.
      """;

  /** How long a command waits until one of several servers answers. */
  private static final int SEVERAL_SERVERS_WAIT_MILLIS = 5000;

  private ShellMain() {}

  /** Runs the shell on the process's streams and leaves with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /**
   * Runs the shell on the process's streams, at a terminal with prompt, history and completion, and
   * makes the client's logging quiet. Meant for a process that ends with the code returned.
   *
   * @return 0, 1 for an error of the last command, 2 for an unreadable client configuration, 127
   *     for an unknown command
   */
  public static int run(String[] arguments) {
    ClientLogging.quiet(List.of(arguments).contains("--verbose"));
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    // The process ends anyway, so the time it takes to let go of the session is saved.
    return run(arguments, System.in, out, err, atTerminal(), shell -> {});
  }

  /**
   * Runs the shell on streams of the caller's, without a terminal. Logging is left as it is.
   *
   * @param in commands in UTF-8, read to its end if the arguments hold no command
   * @return as {@link #run(String[])}
   */
  public static int run(String[] arguments, InputStream in, PrintStream out, PrintStream err) {
    return run(arguments, in, out, err, false, shell -> shell.connection().abandon());
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  private static int run(
      String[] arguments,
      InputStream in,
      PrintStream out,
      PrintStream err,
      boolean terminal,
      Consumer<Shell> leave) {
    try {
      ShellOptions options = ShellOptions.parse(List.of(arguments));
      options.notes().forEach(err::println);
      return switch (options.request()) {
        case HELP -> {
          out.print(HELP);
          yield 0;
        }
        case VERSION -> {
          out.println(Version.getFullVersion());
          yield 0;
        }
        case SESSION -> session(options, in, out, err, terminal, leave);
      };
    } catch (CommandFailure e) {
      err.println(e.getMessage());
      return e.exitCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CommandFailure.ERROR;
    }
  }

  private static int session(
      ShellOptions options,
      InputStream in,
      PrintStream out,
      PrintStream err,
      boolean terminal,
      Consumer<Shell> leave)
      throws CommandFailure, IOException, InterruptedException {
    if (!options.json()) {
      out.println("Connecting to " + options.server());
    }
    var shell = new Shell(options, out, err);
    if (options.saslConfigured()) {
      // The client itself goes on without a login, and tells only its log.
      shell
          .connection()
          .causes()
          .login()
          .ifPresent(line -> err.println("The login by SASL cannot succeed: " + line));
    }
    shell.connection().open(options.server());
    if (!terminal && options.server().contains(",")) {
      // The client loses what is asked before it has found one of several that answers.
      shell
          .connection()
          .awaitConnected(Math.min(options.timeoutMillis(), SEVERAL_SERVERS_WAIT_MILLIS));
    }
    if (!options.command().isEmpty()) {
      shell.runWords(options.command());
      leave.accept(shell);
    } else if (terminal) {
      Terminal.run(shell);
      shell.close();
    } else {
      runLines(shell, in);
      leave.accept(shell);
    }
    return shell.exitCode();
  }

  private static void runLines(Shell shell, InputStream in)
      throws IOException, InterruptedException {
    var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    for (String line; !shell.finished() && (line = lines.readLine()) != null; ) {
      shell.runLine(line);
    }
  }

  /** True if input and output are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // Where it is not null, isTerminal is asked.
  private static boolean atTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From Java 22 on there is a console also without a terminal, and it can be asked.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
