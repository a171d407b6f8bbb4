package io.paddock.frontend;

import java.util.function.DoubleSupplier;

/**
 * How many clients may connect in a time (operations sheet, section 2.1): a bucket of tokens that
 * fills up with time, of which each ConnectRequest takes some; and, if that is wanted, a share of
 * clients that are turned away by lot, which grows while the bucket is empty and shrinks while it
 * is full (BLUE). Turned away before the bucket is empty, clients come back at different times. For
 * one thread.
 */
public final class ConnectionTokens {
  /**
   * @param tokensMax what the bucket holds
   * @param fillTimeMs after more than this it is filled up again, by {@code fillCount} for each
   *     such time
   * @param freezeTimeMs between changes of the share that is turned away; -1 for no such share
   * @param dropIncrease by how much that share grows
   * @param dropDecrease by how much it shrinks
   * @param decreaseRatio it shrinks while no more than this share of the bucket is taken
   */
  public record Rules(
      int tokensMax,
      int fillTimeMs,
      int fillCount,
      int freezeTimeMs,
      double dropIncrease,
      double dropDecrease,
      double decreaseRatio) {}

  private final Rules rules;
  private final DoubleSupplier lots;
  private long tokens;
  private long filledMs;
  private long frozenMs;
  private double dropChance;

  /**
   * @param lots draws from 0 to 1, without 1
   * @param nowMs the time on any clock that does not go back
   */
  public ConnectionTokens(Rules rules, DoubleSupplier lots, long nowMs) {
    this.rules = rules;
    this.lots = lots;
    this.tokens = rules.tokensMax();
    this.filledMs = nowMs;
    this.frozenMs = nowMs;
  }

  /** Takes so many tokens for a client; false when it is to be turned away. */
  public boolean take(int need, long nowMs) {
    long passed = nowMs - filledMs;
    if (passed > rules.fillTimeMs()) {
      double refill = (double) passed * rules.fillCount() / rules.fillTimeMs();
      tokens = (long) Math.min(tokens + Math.floor(refill), rules.tokensMax());
      filledMs = nowMs;
    }
    if (rules.freezeTimeMs() >= 0 && isDrawn(nowMs)) {
      return false;
    }
    if (tokens < need) {
      return false;
    }
    tokens -= need;
    return true;
  }

  private boolean isDrawn(long nowMs) {
    if (nowMs - frozenMs > rules.freezeTimeMs()) {
      if (tokens == 0) {
        dropChance = Math.min(1, dropChance + rules.dropIncrease());
      } else if (deficit() <= Math.round(rules.tokensMax() * rules.decreaseRatio())) {
        dropChance = Math.max(0, dropChance - rules.dropDecrease());
      }
      frozenMs = nowMs;
    }
    return lots.getAsDouble() < dropChance;
  }

  /** Tokens taken and not filled up again. */
  public long deficit() {
    return rules.tokensMax() - tokens;
  }

  /** The share of clients that is turned away by lot, from 0 to 1. */
  public double dropChance() {
    return dropChance;
  }
}
