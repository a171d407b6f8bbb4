package io.paddock.dist;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code paddock version}: one line with our version and the ZooKeeper version we answer as. */
@Command(description = "Print the version and exit.")
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private HelpOption help;

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(Build.read().line());
    return 0;
  }
}
