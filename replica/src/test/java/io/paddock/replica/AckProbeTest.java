package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which acknowledgements are timed. */
class AckProbeTest {
  private final AckProbe probe = new AckProbe();

  @Test
  void eachVoterIsTimedOnceAProposalAlsoByALaterAcknowledgement() {
    probe.proposed(5, 1000);
    probe.proposed(6, 1000);
    assertThat(probe.takes(1, 4)).isFalse();
    assertThat(probe.takes(1, 5)).isTrue();
    assertThat(probe.takes(1, 6)).isFalse();
    assertThat(probe.takes(2, 6)).isTrue();
    assertThat(probe.madeMs()).isEqualTo(1000);
  }

  @Test
  void anotherProposalIsTimedATenthOfASecondLaterOrWhenTheClockWasTurnedBack() {
    probe.proposed(5, 1000);
    assertThat(probe.takes(1, 5)).isTrue();
    probe.proposed(6, 1099);
    assertThat(probe.takes(1, 6)).isFalse();
    probe.proposed(7, 1100);
    assertThat(probe.takes(1, 6)).isFalse();
    assertThat(probe.takes(1, 7)).isTrue();
    probe.proposed(8, 10);
    assertThat(probe.takes(1, 8)).isTrue();
  }

  @Test
  void nothingIsTimedBeforeAProposal() {
    assertThat(probe.takes(1, 5)).isFalse();
    probe.proposed(5, 1000);
    probe.reset();
    assertThat(probe.takes(1, 5)).isFalse();
  }
}
