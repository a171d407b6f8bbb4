package io.paddock.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every bug that can be planted is found: the simulator sees what it says that it sees. */
class CanaryTest {
  private static final long SEEDS_MAX = 400;

  @ParameterizedTest
  @EnumSource(value = Canary.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPlantedBugIsFound(Canary canary) {
    assertThat(firstSeedThatFinds(canary)).as("the seed that finds: " + canary.what()).isPositive();
  }

  private static long firstSeedThatFinds(Canary canary) {
    for (long seed = 1; seed <= SEEDS_MAX; seed++) {
      try {
        Simulation.run(seed, Simulation.scale(seed), canary, World.Trace.NONE);
      } catch (Finding e) {
        return seed;
      }
    }
    return -1;
  }
}
