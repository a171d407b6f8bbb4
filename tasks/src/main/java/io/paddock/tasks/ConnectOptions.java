package io.paddock.tasks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that every command has: where the servers are, and in what form to print. */
final class ConnectOptions {
  static final String DEFAULT = "localhost:2181";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("unused")
  private boolean help;

  @Option(
      names = "--connect",
      paramLabel = "HOST:PORT,...[/CHROOT]",
      defaultValue = "${env:PADDOCK_CONNECT:-" + DEFAULT + "}",
      description = {
        "The ensemble to connect to; PADDOCK_CONNECT if it is set, else " + DEFAULT + "."
      })
  private String connect;

  @Option(
      names = "--tls",
      paramLabel = "FILE",
      description = "Speak TLS by the ssl.* keys of a zoo.cfg or of a client's properties.")
  void tls(Path file) {
    try {
      ClientTls.use(file);
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--tls: cannot read " + file + ": " + e.getMessage());
    }
  }

  @Option(names = "--json", description = "Print JSON, one object a line.")
  private boolean json;

  /** Where the servers are; the option may stand before the name of a sub-command, too. */
  String connect() {
    String given = given("--connect", connect);
    return given.isBlank() ? DEFAULT : given; // a variable that is set to nothing
  }

  boolean json() {
    return given("--json", json);
  }

  private <T> T given(String option, T own) {
    CommandSpec parent = spec.parent();
    if (parent == null || spec.commandLine().getParseResult().hasMatchedOption(option)) {
      return own;
    }
    return parent.commandLine().getParseResult().matchedOptionValue(option, own);
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Prints the object as JSON if that was asked for, or else the text. */
  void print(Object object, String text) {
    out().println(json() ? JsonText.text(object) : text);
    out().flush();
  }
}
