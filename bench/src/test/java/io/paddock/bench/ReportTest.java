package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final BenchMetric RATE = BenchMetric.throughput("get", 2);
  private static final BenchMetric FREE = BenchMetric.throughput("a longer name", Double.NaN);

  private final Samples samples = new Samples();
  private final Report report = new Report(List.of(RATE, FREE), samples);

  @Test
  void theTableIsAlignedAndTellsWhetherTheGoalIsMet() {
    samples.add(RATE, ServerKind.APACHE_NIO, 1000);
    samples.add(RATE, ServerKind.APACHE_NETTY, 2000);
    samples.add(RATE, ServerKind.PADDOCK, 5000);
    List<String> lines = report.table().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines).extracting(String::length).containsOnly(lines.get(0).length());
    assertThat(lines.get(1).trim().split(" {2,}"))
        .containsExactly(
            "get throughput", "1,000/s", "2,000/s", "2,000/s", "5,000/s", "2.50", "≥ 2.00", "yes");
  }

  @Test
  void errorsStandInPlaceOfANumber() {
    samples.add(RATE, ServerKind.APACHE_NIO, 1000);
    samples.add(RATE, ServerKind.PADDOCK, 9000);
    samples.addErrors(RATE, ServerKind.PADDOCK, 3);
    assertThat(report.table()).contains("3 errors").doesNotContain("9,000", "yes");
  }

  @Test
  void aGoalMayBeTheMostThatPaddockMayHaveWhateverApacheHas() {
    BenchMetric cut = BenchMetric.atMost("clients cut", BenchMetric.Unit.COUNT, 0);
    Report counts = new Report(List.of(cut), samples);
    samples.add(cut, ServerKind.PADDOCK, 0);
    assertThat(counts.table()).contains("≤ 0", "yes");
    samples.add(cut, ServerKind.APACHE_NIO, 0);
    samples.add(cut, ServerKind.PADDOCK, 4);
    assertThat(counts.table()).contains("≤ 0", "no");
  }

  @Test
  void theJsonHoldsEveryRound() throws IOException {
    samples.add(RATE, ServerKind.APACHE_NIO, 1000);
    samples.add(RATE, ServerKind.PADDOCK, 2000);
    samples.add(RATE, ServerKind.PADDOCK, 4000);
    JsonNode json = new ObjectMapper().readTree(report.json(Map.of("heap", "1g")));
    assertThat(json.get("heap").asText()).isEqualTo("1g");
    JsonNode first = json.get("measurements").get(0);
    assertThat(first.get("paddock").get("rounds")).hasSize(2);
    assertThat(first.get("ratio").asDouble()).isEqualTo(3);
    assertThat(first.get("met").asBoolean()).isTrue();
    assertThat(json.get("measurements").get(1).get("ratio").isNull()).isTrue();
  }
}
