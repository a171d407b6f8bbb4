package io.paddock.dist;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paddock.doctor.Diagnosis;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Findings as a person or a program reads them. */
final class DiagnosisTable {
  private static final int SUBJECT_WIDTH_MAX = 16;

  private final List<Diagnosis> found;

  DiagnosisTable(List<Diagnosis> found) {
    this.found = found;
  }

  long errors() {
    return count(Diagnosis.Level.ERROR);
  }

  long warnings() {
    return count(Diagnosis.Level.WARN);
  }

  private long count(Diagnosis.Level level) {
    return found.stream().filter(diagnosis -> diagnosis.level() == level).count();
  }

  /** As one JSON object, or as lines in columns with a verdict at the end. */
  void print(PrintWriter out, boolean json) throws JsonProcessingException {
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(report()));
    } else {
      lines(out);
      out.printf("%n%s%n", verdict());
    }
    out.flush();
  }

  private void lines(PrintWriter out) {
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

  private String verdict() {
    if (errors() == 0 && warnings() == 0) {
      return "All is well.";
    }
    return "%d %s, %d %s."
        .formatted(
            errors(), errors() == 1 ? "error" : "errors",
            warnings(), warnings() == 1 ? "warning" : "warnings");
  }

  private Map<String, Object> report() {
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
    report.put("errors", errors());
    report.put("warnings", warnings());
    report.put("findings", rows);
    return report;
  }
}
