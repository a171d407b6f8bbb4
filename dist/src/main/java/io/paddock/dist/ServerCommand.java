package io.paddock.dist;

import io.paddock.server.ServerMain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code paddock server}: a server in the foreground, until it is told to stop. Exit codes are the
 * server's (client protocol sheet, section 13.3).
 */
@Command(description = "Serve in the foreground until the process is told to stop.")
final class ServerCommand implements Callable<Integer> {
  private static final String DEFAULT_PORT = "2181";

  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private HelpOption help;

  @Parameters(
      arity = "0..4",
      paramLabel = "CONFIG",
      description = {
        "A zoo.cfg file; or: PORT DATADIR [TICKTIME [MAXCLIENTCNXNS]].",
        "Without any: conf/zoo.cfg if it is there, else port 2181 and the directory data."
      })
  private List<String> arguments = List.of();

  @Override
  public Integer call() {
    List<String> given = arguments.isEmpty() ? defaults(Launch.read().home()) : arguments;
    return ServerMain.run(given.toArray(String[]::new));
  }

  private List<String> defaults(Path home) {
    Path config = home.resolve("conf").resolve("zoo.cfg");
    if (Files.exists(config)) {
      return List.of(config.toString());
    }
    Path data = home.resolve("data");
    spec.commandLine()
        .getErr()
        .printf(
            "No %s, so clients connect to port %s and data is in %s%n", config, DEFAULT_PORT, data);
    return List.of(DEFAULT_PORT, data.toString());
  }
}
