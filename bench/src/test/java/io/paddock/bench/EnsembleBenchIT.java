package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with real servers; shows that it works, not how fast anything is. */
class EnsembleBenchIT {
  @Test
  void anEnsembleIsMeasuredFromEndToEnd(@TempDir Path folder) throws Exception {
    assumeTrue(ProcStat.isAvailable(), "needs Linux");
    Path json = folder.resolve("numbers.json");
    int code =
        BenchMain.run(
            new String[] {
              "--ensemble",
              "--quick",
              "--servers=paddock",
              "--only=lone set via a follower",
              "--heap=96m",
              "--jvm-flag=-XX:TieredStopAtLevel=1",
              "--dir=" + folder,
              "--json=" + json
            });
    assertThat(code).isZero();
    JsonNode numbers = new ObjectMapper().readTree(json.toFile());
    assertThat(numbers.get("servers of each").asInt()).isEqualTo(3);
    JsonNode p50 = numbers.get("measurements").get(0);
    assertThat(p50.get("measurement").asText()).isEqualTo("lone set via a follower p50");
    assertThat(p50.get("paddock").get("errors").asInt()).isZero();
    assertThat(p50.get("paddock").get("median").asDouble()).isPositive();
  }
}
