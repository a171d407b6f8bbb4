package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
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
