package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When clients outlive a leader. */
class HoldTest {
  private static Hold begun(boolean enabled, boolean marked) {
    Hold hold = new Hold(enabled);
    hold.serves(7, marked);
    hold.begin();
    return hold;
  }

  @Test
  void clientsGoOnInTheNextEpoch() {
    assertThat(begun(true, true).isOn()).isTrue();
    assertThat(begun(true, true).endsWellIn(8)).isTrue();
  }

  @Test
  void theyAreNotHeldWhenTheLostLeaderDidNotLogMoves() {
    assertThat(begun(true, false).isOn()).isFalse();
    assertThat(begun(true, false).endsWellIn(8)).isFalse();
  }

  @Test
  void theyAreNotHeldWhenThatIsSwitchedOff() {
    assertThat(begun(false, true).isOn()).isFalse();
  }

  @Test
  void theSameLeaderMayStillReadWhatItWasSent() {
    assertThat(begun(true, true).endsWellIn(7)).isFalse();
  }

  @Test
  void inAnEpochThatWasMissedASessionMayHaveMoved() {
    assertThat(begun(true, true).endsWellIn(9)).isFalse();
  }

  @Test
  void itEndsOnce() {
    Hold hold = begun(true, true);
    assertThat(hold.endsWellIn(8)).isTrue();
    assertThat(hold.isOn()).isFalse();
    assertThat(hold.endsWellIn(8)).isFalse();
  }
}
