package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long the other side of a connection has let something wait. */
class HeldBytesTest {
  private final HeldBytes held = new HeldBytes(null, false, 0);

  @Test
  void whoTakesNothingWaitsFromTheBeginningOn() {
    held.set(100, 100, 0);
    held.set(400, 300, 5);
    held.set(900, 500, 9);
    assertThat(held.heldNanos(10)).isEqualTo(10);
    assertThat(held.bytes()).isEqualTo(900);
  }

  @Test
  void whoTakesMuchIsNotSlowThoughThereIsAlwaysSomethingLeft() {
    held.set(1000, 1000, 0);
    for (int i = 1; i <= 100; i++) {
      held.set(1000, 500, i);
    }
    assertThat(held.heldNanos(100)).isLessThanOrEqualTo(2);
  }

  @Test
  void whoTakesADropNowAndThenIsSlow() {
    held.set(1000, 1000, 0);
    for (int i = 1; i <= 100; i++) {
      held.set(1000 - i, 0, i);
    }
    assertThat(held.heldNanos(100)).isEqualTo(100);
  }
}
