package io.paddock.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaddockTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int paddock(String... arguments) {
    return Paddock.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void helpListsEverySubCommandWithItsDescription() {
    assertThat(paddock("--help")).isZero();
    for (SubCommand command : SubCommand.values()) {
      assertThat(out.toString()).contains(command.word()).contains(command.description());
    }
  }

  @Test
  void aMistypedCommandIsRefusedWithAHint() {
    assertThat(paddock("versoin")).isEqualTo(2);
    assertThat(err.toString()).contains("Did you mean: paddock version");
  }

  @Test
  void helpOfProgramsNamesThemAsTheyAreCalledAndBreaksNoLineEarly() {
    PrintStream standard = System.out;
    for (String word : List.of("demo", "sim", "bench")) {
      ByteArrayOutputStream help = new ByteArrayOutputStream();
      System.setOut(new PrintStream(help, true, UTF_8));
      try {
        assertThat(paddock(word, "--help")).isZero();
      } finally {
        System.setOut(standard);
      }
      List<String> lines = help.toString(UTF_8).lines().toList();
      assertThat(lines.get(0)).startsWith("Usage: paddock " + word);
      List<String> description =
          lines.stream().skip(1).filter(line -> line.matches("[A-Za-z].*")).toList();
      for (int i = 1; i < description.size(); i++) {
        String line = description.get(i - 1) + " " + description.get(i).split(" ")[0];
        assertThat(line).as(word).hasSizeGreaterThanOrEqualTo(80);
      }
    }
  }

  @Test
  void noCommandAtAllIsWrongUsageAndShowsTheCommands() {
    assertThat(paddock()).isEqualTo(2);
    assertThat(err.toString()).contains("which command?").contains("version");
  }

  @Test
  void theVersionLineNamesPaddockAndTheZooKeeperVersionItAnswersAs() {
    assertThat(paddock("--version")).isZero();
    assertThat(out.toString())
        .matches("(?s)Paddock \\d.*, compatible with Apache ZooKeeper, version 3\\.9\\.\\d .*");
  }
}
