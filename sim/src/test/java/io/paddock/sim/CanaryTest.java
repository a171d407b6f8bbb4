package io.paddock.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every bug that can be planted is found: the simulator sees what it says that it sees. */
class CanaryTest {
  private static final long SEEDS_MAX = 400;

  @ParameterizedTest
  @EnumSource(value = Canary.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPlantedBugIsFound(Canary canary) {
    assertThat(firstSeedThatFinds(canary, Simulation::scale))
        .as("the seed that finds: " + canary.what())
        .isPositive();
  }

  @ParameterizedTest
  @EnumSource(
      value = Canary.class,
      names = {
        "ACKNOWLEDGE_BEFORE_FORCE",
        "EVENT_AFTER_STATE",
        "READ_PAST_A_LATER_WRITE",
        "STALE_OWN_READ",
        "LOST_EVENT"
      })
  void aBugPlantedAtAServerAloneIsFound(Canary canary) {
    assertThat(firstSeedThatFinds(canary, seed -> new Scale(1, 0, 4, 120)))
        .as("the seed that finds: " + canary.what())
        .isPositive();
  }

  private static long firstSeedThatFinds(Canary canary, LongFunction<Scale> scale) {
    for (long seed = 1; seed <= SEEDS_MAX; seed++) {
      try {
        Simulation.run(seed, scale.apply(seed), canary, World.Trace.NONE);
      } catch (SimFinding e) {
        return seed;
      }
    }
    return -1;
  }
}
