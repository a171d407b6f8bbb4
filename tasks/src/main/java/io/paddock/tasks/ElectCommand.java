package io.paddock.tasks;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code paddock elect}: runs a command while elected. */
@Command(
    customSynopsis = "paddock elect [OPTIONS] PATH -- COMMAND [ARGS...]",
    description = {
      "Stand for election at PATH and run a command while elected. The smallest ephemeral"
          + " sequential znode is master; when it goes, the next one is. The command finds its"
          + " znode in PADDOCK_ZNODE and a number that grows with each election in PADDOCK_FENCE.",
      "",
      "Exits with the command's exit code; 75 if the session was lost, which kills the command; "
          + "124 if it was not elected in time; 69 if no server answers."
    })
final class ElectCommand implements Callable<Integer> {
  @Mixin private ConnectOptions options;
  @Mixin private HeldCommandOptions held;

  @Option(
      names = "--masters",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many are elected, the same for all candidates (${DEFAULT-VALUE}).")
  private int masters;

  @Override
  public Integer call() throws IOException {
    LeaderElection election =
        LeaderElection.connect(
            options.connect(), held.path(), held.name(), masters, held.sessionTimeoutMs());
    return held.run(options, election, "elected");
  }
}
