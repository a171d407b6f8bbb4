package io.paddock.dist;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.paddock.doctor.Doctor;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code paddock doctor}: what is wrong with a configuration, this machine, and the peers. */
@Command(
    description =
        "Check a configuration, the files, ports and addresses that it names, and "
            + "the other servers of its ensemble, and print a line for each finding. "
            + "Nothing is changed. Run it as the user that runs the server. Exit code 0: "
            + "all is well; 1: with warnings; 2: something is wrong.")
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private HelpOption help;

  @Parameters(
      arity = "0..1",
      paramLabel = "CONFIG",
      description = "The zoo.cfg of a server; by default conf/zoo.cfg.")
  private Path config;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    Launch launch = Launch.read();
    Path file = config == null ? launch.home().resolve("conf").resolve("zoo.cfg") : config;
    DiagnosisTable table = new DiagnosisTable(Doctor.examine(file, launch.serverProperties()));
    table.print(spec.commandLine().getOut(), json);
    return table.errors() > 0 ? 2 : table.warnings() > 0 ? 1 : 0;
  }
}
