package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The picture in ARCHITECTURE.md is what the POMs say. {@code docs/draw.sh} makes it anew. */
class ArchitecturePictureTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path PICTURE = ROOT.resolve("docs/images/architecture.svg");

  @Test
  void thePictureIsAsTheModulesAre() throws IOException {
    String drawn = ArchitecturePicture.of(ROOT);
    if (Boolean.getBoolean("paddock.draw")) {
      Files.writeString(PICTURE, drawn);
    }
    assertThat(Files.readString(PICTURE)).as("run docs/draw.sh and commit").isEqualTo(drawn);
  }

  @Test
  void noModuleIsMissingInThePicture() throws IOException {
    TreeSet<String> modules = new TreeSet<>();
    Matcher matcher =
        Pattern.compile("<module>(\\w+)</module>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    while (matcher.find()) {
      modules.add(matcher.group(1));
    }
    modules.remove("oracle");
    modules.remove("testlib");
    assertThat(ArchitecturePicture.modules()).isEqualTo(modules);
  }
}
