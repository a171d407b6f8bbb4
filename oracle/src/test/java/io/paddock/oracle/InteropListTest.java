package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/interop.md says which test stands for which risk: none is missing, and all exist. */
class InteropListTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+Test)\\.(\\w+)`");
  private static final Pattern SCENARIO = Pattern.compile("`([\\w-]+\\.txt)`");
  private static final Pattern ROW = Pattern.compile("^\\| (\\d+) \\| .+ \\| .+ \\|$");
  private static final int RISKS = 23;
  private static final int TRAPS = 32;

  private static List<String> document() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs").resolve("interop.md"));
  }

  @Test
  void everyRiskAndEveryTrapHasItsLine() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (String line : document()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        numbers.add(Integer.parseInt(row.group(1)));
      }
    }
    assertThat(numbers)
        .containsExactlyElementsOf(
            IntStream.concat(IntStream.rangeClosed(1, RISKS), IntStream.rangeClosed(1, TRAPS))
                .boxed()
                .toList());
  }

  @Test
  void everyTestNamedThereExists() throws IOException {
    String document = String.join("\n", document());
    assertThat(testsThatExist(document)).isGreaterThan(RISKS + TRAPS);
    Matcher scenarios = SCENARIO.matcher(document);
    while (scenarios.find()) {
      assertThat(ROOT.resolve("zab/src/test/resources/zab").resolve(scenarios.group(1))).exists();
    }
  }

  /** How many tests a text names, all of which are there. */
  static int testsThatExist(String text) throws IOException {
    List<Path> sources = sources();
    Matcher tests = TEST.matcher(text);
    int found = 0;
    while (tests.find()) {
      found++;
      String file = tests.group(1) + ".java";
      Path source = sources.stream().filter(path -> path.endsWith(file)).findFirst().orElse(null);
      assertThat(source).as(file).isNotNull();
      assertThat(Files.readString(source)).contains("void " + tests.group(2) + "(");
    }
    return found;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.toList()) {
        Path tests = module.resolve("src").resolve("test").resolve("java");
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
          }
        }
      }
    }
    return sources;
  }
}
