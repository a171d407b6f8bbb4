package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SessionClockTest {
  private static final int TICK = 100;

  private final SessionClock clock = new SessionClock(TICK);

  @Test
  void aSessionExpiresAtATickNeverEarlyAndAtMostATickLate() {
    for (long now = 0; now < 3 * TICK; now += 7) {
      for (int timeout = 1; timeout < 4 * TICK; timeout += 13) {
        clock.touch(1, timeout, now);
        long deadline = clock.byDeadline().keySet().iterator().next();
        assertThat(deadline % TICK).isZero();
        assertThat(deadline).isGreaterThan(now + timeout).isLessThanOrEqualTo(now + timeout + TICK);
        assertThat(clock.expired(deadline - 1)).isEmpty();
        assertThat(clock.expired(deadline)).containsExactly(1L);
      }
    }
  }

  @Test
  void aTouchMovesTheDeadlineAndLeavesNothingBehind() {
    clock.touch(1, 200, 0);
    clock.touch(1, 200, 10);
    assertThat(clock.byDeadline()).containsOnlyKeys(300L);
    clock.touch(1, 200, 150);
    assertThat(clock.byDeadline()).containsOnlyKeys(400L);
    assertThat(clock.expired(399)).isEmpty();
    assertThat(clock.expired(400)).containsExactly(1L);
    assertThat(clock.knows(1)).isFalse();
    assertThat(clock.byDeadline()).isEmpty();
  }

  @Test
  void sessionsOfOneTickExpireTogetherAndLaterOnesStay() {
    clock.touch(3, 250, 0);
    clock.touch(1, 290, 0);
    clock.touch(2, 300, 0);
    assertThat(clock.expired(300)).containsExactly(1L, 3L);
    assertThat(clock.byDeadline()).isEqualTo(java.util.Map.of(400L, List.of(2L)));
  }

  @Test
  void whoIsRemovedOrNotRetainedDoesNotExpire() {
    clock.touch(1, 100, 0);
    clock.touch(2, 100, 0);
    clock.touch(3, 100, 0);
    clock.remove(1);
    clock.remove(99);
    clock.retain(id -> id == 3);
    assertThat(clock.knows(1)).isFalse();
    assertThat(clock.knows(2)).isFalse();
    assertThat(clock.expired(1000)).containsExactly(3L);
  }
}
