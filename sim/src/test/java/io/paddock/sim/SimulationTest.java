package io.paddock.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Whole ensembles, and servers alone, under random faults, in every build. */
class SimulationTest {
  private static final int SEEDS = 100;
  private static final int TAIL_LINES = 80;

  @Test
  void aHundredSeedsFindNothing() {
    assertThat(findNothing(Simulation::scale))
        .as("connections that outlived a leader")
        .isGreaterThan(2 * SEEDS);
  }

  @Test
  void aHundredSeedsFindNothingAtAServerAlone() {
    findNothing(seed -> new Scale(1, 0, 3 + (int) (seed % 3), 120));
  }

  /** How often a connection outlived a leader. */
  private static long findNothing(LongFunction<Scale> scales) {
    long resumed = 0;
    long decided = 0;
    long answered = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Scale scale = scales.apply(seed);
      try {
        Simulation.Result result = Simulation.run(seed, scale, Canary.NONE, World.Trace.NONE);
        decided += result.decided();
        answered += result.answered();
        resumed += result.resumed();
      } catch (SimFinding e) {
        fail(FindingReport.of(seed, scale, Canary.NONE, e, TAIL_LINES), e);
      }
    }
    assertThat(decided).as("transactions decided").isGreaterThan(SEEDS * 100L);
    assertThat(answered).as("requests answered").isGreaterThan(SEEDS * 200L);
    return resumed;
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertThat(trace(7)).hasSizeGreaterThan(1000).isEqualTo(trace(7));
  }

  private static List<String> trace(long seed) {
    List<String> lines = new ArrayList<>();
    Simulation.run(
        seed,
        new Scale(3, 1, 3, 40),
        Canary.NONE,
        (atMs, who, what) -> lines.add(FindingReport.line(atMs, who, what.get())));
    return lines;
  }
}
