package io.paddock.replica;

/**
 * Whether the connections of this server's clients outlive its leader (docs/decisions.md): they do
 * when the lost leader had every move of a session in the log, and the next epoch is the one that
 * this server goes on in. One thread.
 */
final class Hold {
  private final boolean enabled;
  private long epoch;
  private boolean movesLogged;
  private boolean on;

  Hold(boolean enabled) {
    this.enabled = enabled;
  }

  /** Whether clients wait for the next leader now. */
  boolean isOn() {
    return on;
  }

  /** This server serves in an epoch, whose leader has the moves of sessions in the log or not. */
  void serves(long inEpoch, boolean leaderMarksMoves) {
    epoch = inEpoch;
    movesLogged = leaderMarksMoves;
  }

  /** The leader is lost; whether clients are held. */
  boolean begin() {
    on = enabled && movesLogged;
    return on;
  }

  /** Whether clients that are held may go on in an epoch; the hold is over. */
  boolean endsWellIn(long newEpoch) {
    boolean well = on && newEpoch == epoch + 1;
    on = false;
    return well;
  }

  /** Clients are cut. */
  void giveUp() {
    on = false;
  }
}
