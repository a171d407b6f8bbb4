package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of docs/metrics.md. */
final class DocumentedMetrics {
  private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9_]+)` \\|(.*)\\|");

  /** One line of a table. */
  record Row(String section, String name, String type, String unit, String like, String roles) {
    /** Whether a server in this role shows it, once there is something to show. */
    boolean isFor(String role) {
      String who = roles.split(",")[0];
      return switch (who) {
        case "all", "jvm" -> true;
        case "member" -> !role.equals("standalone");
        default -> List.of(who.split(" ")).contains(role);
      };
    }

    /** Whether there is one for each of several things, and none before there is one of them. */
    boolean isByKey() {
      return roles.contains(", by ");
    }

    boolean isOfTheMachine() {
      return roles.equals("jvm");
    }
  }

  final List<Row> rows = new ArrayList<>();

  /** Name and role of what Apache's server shows and Paddock does not; no role for all. */
  record Absent(String name, String where) {}

  final List<Absent> absent = new ArrayList<>();

  static DocumentedMetrics read() throws IOException {
    DocumentedMetrics docs = new DocumentedMetrics();
    String section = "";
    String where = "";
    for (String line : Files.readAllLines(Path.of("../docs/metrics.md"))) {
      if (line.startsWith("## ")) {
        section = line.substring(3);
        continue;
      }
      Matcher row = ROW.matcher(line);
      if (!row.matches()) {
        continue;
      }
      String[] cells = row.group(2).split("\\|", -1);
      if (section.startsWith("What Apache")) {
        where = cells[0].isBlank() ? where : cells[0].trim();
        docs.absent.add(new Absent(row.group(1), where));
        continue;
      }
      assertThat(cells).as(line).hasSize(5);
      Row read =
          new Row(
              section,
              row.group(1),
              cells[0].trim(),
              cells[1].trim(),
              cells[2].trim(),
              cells[3].trim());
      assertThat(read.type()).as(line).isIn("gauge", "counter", "summary", "summary+");
      assertThat(read.like()).as(line).isIn("same", "nearest", "never", "own");
      assertThat(read.unit()).as(line).isNotEmpty();
      docs.rows.add(read);
    }
    return docs;
  }
}
