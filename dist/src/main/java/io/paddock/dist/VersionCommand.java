package io.paddock.dist;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code paddock version}: one line with our version and the ZooKeeper version we answer as. */
@Command(description = "Print the version and exit.")
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(Build.read().line());
    return 0;
  }
}
