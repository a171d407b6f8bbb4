package io.paddock.peers;

import io.paddock.zab.EnsembleServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/**
 * Says in words, every so often, whom a member that does not serve waits for: after 10 and 30
 * seconds, and then every minute. Used by the core's thread.
 */
public final class WaitReport {
  public static final long LOOK_MS = 1000;
  private static final long FIRST_MS = 10_000;
  private static final long SECOND_MS = 30_000;
  private static final long EVERY_MS = 60_000;

  private final Logger log;
  private final Roster roster;
  private final ElectionTroubles elections;
  private final PeerTroubles troubles;
  private final BooleanSupplier serves;
  private long sinceMs = -1;
  private long nextMs = FIRST_MS;

  /**
   * @param serves whether clients are served
   */
  public WaitReport(
      Logger log,
      Roster roster,
      ElectionTroubles elections,
      PeerTroubles troubles,
      BooleanSupplier serves) {
    this.log = log;
    this.roster = roster;
    this.elections = elections;
    this.troubles = troubles;
    this.serves = serves;
  }

  /**
   * Looks; to be called about every second.
   *
   * @param nowMs monotonic
   */
  public void look(long nowMs) {
    if (serves.getAsBoolean()) {
      if (sinceMs >= 0 && nextMs > FIRST_MS) {
        log.info("Serving now, after {} without a leader", PeerTroubles.duration(nowMs - sinceMs));
      }
      sinceMs = -1;
      nextMs = FIRST_MS;
      return;
    }
    if (sinceMs < 0) {
      sinceMs = nowMs;
    }
    long waited = nowMs - sinceMs;
    if (waited >= nextMs) {
      log.warn("No leader for {}: {}", PeerTroubles.duration(waited), whom());
      nextMs = nextMs == FIRST_MS ? SECOND_MS : nextMs == SECOND_MS ? EVERY_MS : waited + EVERY_MS;
    }
  }

  private String whom() {
    List<String> words = new ArrayList<>();
    long myId = roster.config().myId();
    boolean isThisEnough =
        roster.committed().quorum().isReached(sid -> sid == myId || elections.isThere(sid));
    for (EnsembleServer server : roster.committed().servers()) {
      if (server.sid() != myId && !server.observer()) {
        String port = troubles.cause(QuorumPort.subject(server.sid()));
        words.add(
            "server."
                + server.sid()
                + " "
                + elections.standing(server.sid())
                + (port == null ? "" : " (quorum port: " + port + ")"));
      }
    }
    return String.join(", ", words)
        + (isThisEnough
            ? "; these are enough to elect one"
            : "; more voters are needed to elect one");
  }
}
