package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many clients may connect in a time (operations sheet, section 2.1), in virtual time. */
class ConnectionTokensTest {
  private double lot = 0.5;
  private long nowMs = 1_000;

  private ConnectionTokens bucket(int tokens, int fillMs, int fillCount) {
    return bucket(tokens, fillMs, fillCount, -1, 0, 0, 0);
  }

  private ConnectionTokens bucket(
      int tokens, int fillMs, int fillCount, int freezeMs, double up, double down, double ratio) {
    return new ConnectionTokens(
        new ConnectionTokens.Rules(tokens, fillMs, fillCount, freezeMs, up, down, ratio),
        () -> lot,
        nowMs);
  }

  @Test
  void aFullBucketLetsThatManyIn() {
    ConnectionTokens tokens = bucket(5, 1_000_000, 1);
    assertThat(tokens.take(3, nowMs)).isTrue();
    assertThat(tokens.take(3, nowMs)).as("2 are left").isFalse();
    assertThat(tokens.take(2, nowMs)).isTrue();
    assertThat(tokens.deficit()).isEqualTo(5);
  }

  @Test
  void timeFillsTheBucketUpToItsBrim() {
    ConnectionTokens tokens = bucket(5, 100, 2);
    assertThat(tokens.take(5, nowMs)).isTrue();
    nowMs += 100;
    assertThat(tokens.take(1, nowMs)).as("only after more than that").isFalse();
    nowMs += 1;
    assertThat(tokens.take(2, nowMs)).isTrue();
    assertThat(tokens.take(1, nowMs)).isFalse();
    nowMs += 250;
    assertThat(tokens.take(5, nowMs)).isTrue();
    nowMs += Long.MAX_VALUE / 2;
    assertThat(tokens.take(5, nowMs)).isTrue();
    assertThat(tokens.take(1, nowMs)).isFalse();
  }

  @Test
  void whoIsTurnedAwayByLotGrowsWhileTheBucketIsEmptyAndShrinksWhileItIsFull() {
    ConnectionTokens tokens = bucket(1, 1_000_000, 1, 10, 0.25, 0.5, 0);
    lot = 0.99;
    assertThat(tokens.take(1, nowMs)).isTrue();
    List<Double> chances = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      nowMs += 11;
      tokens.take(1, nowMs);
      chances.add(tokens.dropChance());
    }
    assertThat(chances).containsExactly(0.25, 0.5, 0.75, 1.0, 1.0);
    nowMs += 1_000_001;
    assertThat(tokens.take(1, nowMs)).as("drawn at 0.5 now").isTrue();
    assertThat(tokens.dropChance()).isEqualTo(0.5);
    nowMs += 1_000_001;
    lot = 0.3;
    assertThat(tokens.take(1, nowMs)).isTrue();
    assertThat(tokens.dropChance()).isZero();
  }

  @Test
  void theShareStaysBetweenItsChanges() {
    ConnectionTokens tokens = bucket(1, 1_000_000, 1, 10, 0.25, 0.5, 0);
    tokens.take(1, nowMs);
    nowMs += 11;
    tokens.take(1, nowMs);
    nowMs += 10;
    tokens.take(1, nowMs);
    assertThat(tokens.dropChance()).isEqualTo(0.25);
  }
}
