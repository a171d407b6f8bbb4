package io.paddock.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a person sees of it. */
class SimCommandTest {
  private final StringWriter out = new StringWriter();

  private int run(String... words) {
    return new CommandLine(new SimCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(out))
        .execute(words);
  }

  @Test
  void oneSeedIsToldInWords() {
    assertThat(run("--seed", "3", "--steps", "10", "--servers", "3")).isZero();
    assertThat(out.toString())
        .contains("server 1  starts at 0x0")
        .contains("serves, LEADING")
        .contains("client 1  has session 0x")
        .contains("Nothing found by seed 3: 3 voters");
  }

  @Test
  void oneServerStandsAlone() {
    assertThat(run("--seed", "3", "--steps", "10", "--servers", "1")).isZero();
    assertThat(out.toString())
        .contains("server 1  starts at 0x0, alone")
        .contains("Nothing found by seed 3: a server alone, ");
    assertThat(run("--servers", "1", "--observers", "1")).isEqualTo(2);
    assertThat(out.toString()).contains("stands alone and has no observers");
  }

  @Test
  void manyRunsEndWithTheirNumbers() {
    assertThat(run("--runs", "2", "--steps", "10")).isZero();
    assertThat(out.toString()).contains("2 of 2 runs").contains("nothing found");
  }

  @Test
  void aFindingIsToldWithItsSeedAndCommitAndExitCodeOne() {
    assertThat(run("--runs", "20", "--canary", "lost-event")).isOne();
    assertThat(out.toString())
        .containsPattern("FOUND by seed \\d+ \\(.*\\) at commit \\S+:")
        .containsPattern("a client (sees the state at|gets event)")
        .contains("--canary lost-event")
        .doesNotContain("not deterministic");
  }

  @Test
  void theOutcomeComesAsJsonToo() {
    assertThat(run("--seed", "3", "--steps", "5", "--json")).isZero();
    assertThat(out.toString().strip()).startsWith("{\"runs\": 1, \"seed\": 3").endsWith("null}");
  }

  @Test
  void aWrongNameListsTheBugsThatCanBePlanted() {
    assertThat(run("--canary", "nonsense")).isEqualTo(2);
    assertThat(out.toString()).contains("acknowledge-before-force");
  }
}
