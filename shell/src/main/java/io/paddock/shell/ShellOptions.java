package io.paddock.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the shell was started (client protocol sheet, section 13.5).
 *
 * @param server {@code host:port[,host:port][/chroot]}
 * @param timeoutMillis the session timeout asked for, milliseconds, above zero
 * @param readOnlyAllowed whether a server cut off from its quorum may be used for reads
 * @param waitForConnection whether to wait for a connection before the first command
 * @param clientConfiguration a properties file of the official client, or null
 * @param saslConfigured whether the JVM has a login configuration
 * @param historyFile where a terminal's lines are remembered, or null for nowhere
 * @param json results as JSON, one document per line
 * @param verbose whether the client's own log goes to standard error
 * @param request what was asked for instead of a session
 * @param command the words of a single command; empty for a session
 * @param notes lines for standard error about options that were not understood
 */
record ShellOptions(
    String server,
    int timeoutMillis,
    boolean readOnlyAllowed,
    boolean waitForConnection,
    String clientConfiguration,
    boolean saslConfigured,
    Path historyFile,
    boolean json,
    boolean verbose,
    Request request,
    List<String> command,
    List<String> notes) {

  static final String DEFAULT_SERVER = "localhost:2181";
  static final int DEFAULT_TIMEOUT_MILLIS = 30_000;

  /** What to do. */
  enum Request {
    SESSION,
    HELP,
    VERSION
  }

  /** Reads the arguments of the program. */
  static ShellOptions parse(List<String> arguments) throws CommandFailure {
    var reader = new Reader(arguments);
    reader.read();
    return reader.result();
  }

  private static final class Reader {
    private final List<String> arguments;
    private final List<String> notes = new ArrayList<>();
    private int at;
    private String server = DEFAULT_SERVER;
    private int timeoutMillis = DEFAULT_TIMEOUT_MILLIS;
    private boolean readOnlyAllowed;
    private boolean waitForConnection;
    private String clientConfiguration;
    private boolean json;
    private boolean verbose;
    private Request request = Request.SESSION;

    Reader(List<String> arguments) {
      this.arguments = arguments;
    }

    void read() throws CommandFailure {
      while (at < arguments.size() && arguments.get(at).startsWith("-")) {
        String option = arguments.get(at++);
        switch (option) {
          case "-server" -> server = argumentOf(option);
          case "-timeout" -> timeoutMillis = millis(argumentOf(option));
          case "-client-configuration" -> clientConfiguration = argumentOf(option);
          case "--tls" -> ClientTls.use(argumentOf(option));
          case "-r" -> readOnlyAllowed = true;
          case "-waitforconnection" -> waitForConnection = true;
          case "--json" -> json = true;
          case "--verbose" -> verbose = true;
          case "-h", "-help", "--help" -> request = Request.HELP;
          case "--version" -> request = Request.VERSION;
          default -> notes.add("Ignoring the unknown option " + option + " (see --help)");
        }
      }
    }

    private String argumentOf(String option) throws CommandFailure {
      if (at == arguments.size()) {
        throw new CommandFailure("Error: no argument found for option " + option);
      }
      return arguments.get(at++);
    }

    private static int millis(String text) throws CommandFailure {
      try {
        int millis = Integer.parseInt(text);
        if (millis > 0) {
          return millis;
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw new CommandFailure("-timeout takes milliseconds, a number above zero, not " + text);
    }

    ShellOptions result() {
      String home = System.getProperty("user.home");
      return new ShellOptions(
          server,
          timeoutMillis,
          readOnlyAllowed,
          waitForConnection,
          clientConfiguration,
          System.getProperty("java.security.auth.login.config") != null,
          home == null ? null : Path.of(home, ".paddock_shell_history"),
          json,
          verbose,
          request,
          List.copyOf(arguments.subList(at, arguments.size())),
          List.copyOf(notes));
    }
  }
}
