package io.paddock.dist;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paddock.doctor.Diagnosis;
import io.paddock.doctor.Doctor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private static final int SUBJECT_WIDTH_MAX = 16;

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
    List<Diagnosis> found = Doctor.examine(file, launch.properties());
    long errors = count(found, Diagnosis.Level.ERROR);
    long warnings = count(found, Diagnosis.Level.WARN);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(report(found, errors, warnings)));
    } else {
      print(out, found);
      out.printf("%n%s%n", verdict(errors, warnings));
    }
    out.flush();
    return errors > 0 ? 2 : warnings > 0 ? 1 : 0;
  }

  private static long count(List<Diagnosis> found, Diagnosis.Level level) {
    return found.stream().filter(diagnosis -> diagnosis.level() == level).count();
  }

  private static void print(PrintWriter out, List<Diagnosis> found) {
    int width =
        Math.min(
            SUBJECT_WIDTH_MAX, found.stream().mapToInt(d -> d.subject().length()).max().orElse(1));
    String row = "%-5s  %-" + width + "s  %s%n";
    for (Diagnosis diagnosis : found) {
      out.printf(row, word(diagnosis), diagnosis.subject(), diagnosis.finding());
      if (!diagnosis.remedy().isEmpty()) {
        out.printf(row, "", "", "-> " + diagnosis.remedy());
      }
    }
  }

  private static String word(Diagnosis diagnosis) {
    return diagnosis.level().name().toLowerCase(Locale.ROOT);
  }

  private static String verdict(long errors, long warnings) {
    if (errors == 0 && warnings == 0) {
      return "All is well.";
    }
    return "%d %s, %d %s."
        .formatted(
            errors, errors == 1 ? "error" : "errors",
            warnings, warnings == 1 ? "warning" : "warnings");
  }

  private static Map<String, Object> report(List<Diagnosis> found, long errors, long warnings) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (Diagnosis diagnosis : found) {
      Map<String, String> row = new LinkedHashMap<>();
      row.put("level", word(diagnosis));
      row.put("subject", diagnosis.subject());
      row.put("finding", diagnosis.finding());
      row.put("remedy", diagnosis.remedy());
      rows.add(row);
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("errors", errors);
    report.put("warnings", warnings);
    report.put("findings", rows);
    return report;
  }
}
