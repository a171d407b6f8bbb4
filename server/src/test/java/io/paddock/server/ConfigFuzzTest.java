package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Whatever stands in a zoo.cfg, in the files that a reconfiguration leaves beside it, and in myid:
 * there is a configuration, or one line that says what is wrong.
 *
 * <p>Input: the texts of zoo.cfg, zoo.cfg.dynamic.100000001, zoo.cfg.dynamic.next and myid, with a
 * line of one {@code %} between them; {@code @} stands for the directory.
 */
class ConfigFuzzTest {
  private static final String BETWEEN = "\n%\n";
  private static final Path HOME;

  static {
    ((Logger) LoggerFactory.getLogger("io.paddock")).setLevel(Level.OFF);
    try {
      HOME = Files.createTempDirectory("paddock-fuzz");
      HOME.toFile().deleteOnExit();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @FuzzTest
  void aConfigurationIsReadOrRefusedInOneLine(byte[] input) throws IOException {
    String[] texts = new String(input, StandardCharsets.ISO_8859_1).split(BETWEEN, 4);
    String[] names = {"zoo.cfg", "zoo.cfg.dynamic.100000001", "zoo.cfg.dynamic.next", "myid"};
    for (int i = 0; i < names.length; i++) {
      Path file = HOME.resolve(names[i]);
      if (i < texts.length) {
        String text = i < 2 ? texts[i].replace("@", HOME.toString()) : texts[i];
        Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
      } else {
        Files.deleteIfExists(file);
      }
    }
    try {
      ZooCfg config = ZooCfg.load(HOME.resolve("zoo.cfg"), Map.of());
      config.warnings().forEach(ConfigFuzzTest::assertTells);
    } catch (ConfigException e) {
      assertTells(e.getMessage());
    }
  }

  private static void assertTells(String line) {
    assertThat(line).isNotBlank();
    // What the user wrote may be anything and is quoted.
    assertThat(line.lines()).as("one line").hasSize(1);
    // No name of a class; that of a setting may be there.
    assertThat(line.replace("java.security.auth.login.config", "")).doesNotContain("java.");
  }
}
