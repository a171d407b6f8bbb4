package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The scenarios of {@code src/test/resources/zab}, each with the trace that it is to give. After a
 * change that is meant, {@code -Dzab.rewrite=true} writes them anew, to be reviewed like code.
 */
class ZabScriptTest {
  private static final boolean REWRITE = Boolean.getBoolean("zab.rewrite");
  private static final Path SCRIPTS = Path.of("src", "test", "resources", "zab");

  @TestFactory
  Stream<DynamicTest> everyScriptGivesItsTrace() throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(SCRIPTS)) {
      files = listed.sorted().toList();
    }
    assertThat(files).isNotEmpty();
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
  }

  private static void check(Path file) throws IOException {
    String expected = Files.readString(file);
    String actual = Script.run(expected);
    if (REWRITE) {
      Files.writeString(file, actual);
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }
}
