package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * docs/protocol/security.md, section 12, says which tests stand for the diagnosis of each of users'
 * confusions: none is without, and all exist.
 */
class ConfusionListTest {
  private static final int CONFUSIONS = 18;
  private static final Pattern ROW =
      Pattern.compile("^\\| (\\d+) \\| ((?:`\\w+Test\\.\\w+`(?:, )?)+) \\|$");

  @Test
  void everyConfusionHasATestOfItsDiagnosisThatExists() throws Exception {
    Path sheet = Path.of("..").resolve("docs").resolve("protocol").resolve("security.md");
    List<Integer> numbers = new ArrayList<>();
    for (String line : Files.readAllLines(sheet)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        numbers.add(Integer.parseInt(row.group(1)));
        assertThat(InteropListTest.testsThatExist(row.group(2))).as(line).isPositive();
      }
    }
    assertThat(numbers)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, CONFUSIONS).boxed().toList());
  }
}
