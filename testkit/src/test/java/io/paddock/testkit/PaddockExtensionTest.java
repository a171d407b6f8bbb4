package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(240)
class PaddockExtensionTest {
  private static Path folder;

  @RegisterExtension
  final PaddockExtension paddock =
      new PaddockExtension(EmbeddedEnsemble.builder().servers(3).observers(1).tickTimeMs(500));

  @Test
  void aTestIsGivenAnEnsembleWithALeader(EmbeddedEnsemble ensemble) {
    folder = ensemble.dataDir(1);
    assertThat(ensemble.size()).isEqualTo(4);
    assertThat(ensemble.awaitLeader()).isBetween(1, 3);
    ensemble.awaitServing(4);
    assertThat(ensemble.server(4).status().config().session().tickTimeMs()).isEqualTo(500);
  }

  @AfterAll
  static void theEnsembleHasGoneWithItsTest() {
    assertThat(folder).doesNotExist();
  }
}
