package io.paddock.dist;

import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The {@code paddock} command: picks a sub-command by its first word and hands it the other words.
 *
 * <p>Only the chosen sub-command's classes are loaded, because starting in well under a second is
 * part of the interface. Exit codes: 0 done, 1 failed, 2 wrong usage; sub-commands may add theirs.
 */
public final class Paddock {
  private Paddock() {}

  /** Runs one command and exits the JVM with its code. */
  @SuppressWarnings("DefaultCharset") // System.out writes in its own
  public static void main(String[] arguments) {
    System.exit(
        run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
  }

  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    if (arguments.length > 0) {
      SubCommand chosen = SubCommand.named(arguments[0]);
      if (chosen != null) {
        return chosen.run(Arrays.copyOfRange(arguments, 1, arguments.length));
      }
    }
    return overview(out, err).execute(arguments);
  }

  /** The command without a sub-command: help, and a hint on a mistyped word. */
  private static CommandLine overview(PrintWriter out, PrintWriter err) {
    CommandSpec spec = CommandSpec.create().name("paddock").mixinStandardHelpOptions(true);
    spec.versionProvider(() -> new String[] {Build.read().line()});
    spec.usageMessage()
        .description("A coordination service that every ZooKeeper client takes for ZooKeeper.")
        .footer("", "Help on one of them: paddock COMMAND --help");
    for (SubCommand command : SubCommand.values()) {
      CommandSpec placeholder = CommandSpec.create();
      placeholder.usageMessage().description(command.description());
      spec.addSubcommand(command.word(), placeholder);
    }
    CommandLine line = new CommandLine(spec).setOut(out).setErr(err);
    line.setExecutionStrategy(
        parsed -> {
          Integer helped = CommandLine.executeHelpRequest(parsed);
          if (helped != null) {
            return helped;
          }
          throw new ParameterException(line, "which command?");
        });
    return line;
  }
}
