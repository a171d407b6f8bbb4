package io.paddock.server;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.ZabSettings;
import java.util.function.LongPredicate;

/**
 * A server's place in an ensemble (quorum sheet, section 1). Immutable.
 *
 * @param myId what the file myid says
 * @param ensemble the server lines
 * @param zab times and bounds
 * @param cnxTimeoutMs how long a connection to an election port may take to come up
 * @param listenOnAllIps whether both ports are bound to the wildcard address
 */
public record MembershipConfig(
    long myId, EnsembleConfig ensemble, ZabSettings zab, int cnxTimeoutMs, boolean listenOnAllIps) {

  /** Whether those voters of whom {@code has} holds can decide without the others. */
  public boolean isQuorum(LongPredicate has) {
    return ensemble.quorum().isReached(has);
  }

  /** This server's own line. */
  EnsembleServer self() {
    return ensemble.server(myId);
  }
}
