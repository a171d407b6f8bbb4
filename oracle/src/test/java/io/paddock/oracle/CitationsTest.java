package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the code cites of the protocol sheets (docs/protocol) is there. */
class CitationsTest {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  /** How a sheet is cited, and its file. */
  private static final Map<String, String> SHEETS =
      Map.of(
          "client protocol",
          "client",
          "quorum",
          "quorum",
          "quorum protocol",
          "quorum",
          "data directory",
          "files",
          "files",
          "files",
          "files protocol",
          "files",
          "security",
          "security",
          "operations",
          "operations");

  private static final Pattern HEADING =
      Pattern.compile("^#{2,4} (\\d+(?:\\.\\d+)?)[. ]", Pattern.MULTILINE);

  private static final String NUMBER = "\\d+(?:\\.\\d+)?";
  private static final Pattern CITATION =
      Pattern.compile(
          "((?:client protocol|quorum protocol|quorum|data directory|files protocol|files|security"
              + "|operations)?) ?\\bsheet,? (?:sections? )?("
              + NUMBER
              + "(?:(?:, | and | to )"
              + NUMBER
              + ")*)",
          Pattern.CASE_INSENSITIVE);

  /** A comment's or a text's line end, with what begins the next line. */
  private static final Pattern LINE_END = Pattern.compile("\\n\\s*(?:\\*|//|#)?\\s*");

  @Test
  void everyCitedSectionOfAProtocolSheetExists() throws IOException {
    Map<String, Set<String>> sections = new TreeMap<>();
    for (String file : Set.copyOf(SHEETS.values())) {
      String text = Files.readString(ROOT.resolve("docs/protocol/" + file + ".md"));
      sections.put(
          file, HEADING.matcher(text).results().map(m -> m.group(1)).collect(Collectors.toSet()));
    }
    int cited = 0;
    List<String> missing = new ArrayList<>();
    for (Path source : sources()) {
      String text = LINE_END.matcher(Files.readString(source)).replaceAll(" ");
      for (MatchResult citation : CITATION.matcher(text).results().toList()) {
        cited++;
        String sheet = SHEETS.get(citation.group(1).toLowerCase(java.util.Locale.ROOT));
        Matcher number = Pattern.compile(NUMBER).matcher(citation.group(2));
        while (number.find()) {
          if (sheet == null || !sections.get(sheet).contains(number.group())) {
            missing.add(ROOT.relativize(source) + ": " + citation.group());
          }
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(cited).isGreaterThan(100);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().matches(".*/src/(main|test)/.*\\.(java|txt)"))
          .filter(file -> !file.toString().contains("/target/"))
          .toList();
    }
  }
}
