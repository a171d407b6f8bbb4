package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnsembleProcessTest {
  @TempDir private Path folder;

  @Test
  void theRoleStandsInTheAnswerToSrvr() {
    String answer = "Zookeeper version: 3.9.5\nLatency min/avg/max: 0/0.0/0\nMode: follower\n";
    assertThat(EnsembleProcess.mode(answer)).isEqualTo("follower");
    assertThat(EnsembleProcess.mode("This ZooKeeper instance is not currently serving requests\n"))
        .isEqualTo("none");
  }

  @Test
  void theServersHaveOneListOfServersAndEachItsOwnIdPortAndFolder() throws IOException {
    Settings settings =
        new Settings(
            Path.of("java"),
            "",
            "64m",
            List.of(),
            Map.of(),
            Optional.empty(),
            folder,
            Settings.Sizes.quick(1));
    try (EnsembleProcess ensemble =
        EnsembleProcess.prepare(ServerKind.PADDOCK, settings, folder.resolve("e"), 1_000)) {
      List<List<String>> shared = new ArrayList<>();
      for (int id = 1; id <= EnsembleProcess.SERVERS; id++) {
        Path own = folder.resolve("e").resolve("server-" + id);
        List<String> lines = Files.readAllLines(own.resolve("zoo.cfg"));
        assertThat(Files.readString(own.resolve("data").resolve("myid")))
            .isEqualTo(Integer.toString(id));
        assertThat(lines).contains("initLimit=10", "syncLimit=5", "tickTime=2000", "forceSync=yes");
        shared.add(lines.stream().filter(line -> line.startsWith("server.")).toList());
      }
      assertThat(shared.get(0)).hasSize(EnsembleProcess.SERVERS);
      assertThat(shared).allMatch(shared.get(0)::equals);
      assertThat(ensemble.endpoints()).doesNotHaveDuplicates().hasSize(EnsembleProcess.SERVERS);
    }
  }
}
