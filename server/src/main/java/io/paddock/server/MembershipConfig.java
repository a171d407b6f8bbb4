package io.paddock.server;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.ZabSettings;

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

  /** This server's own line. */
  EnsembleServer self() {
    return ensemble.server(myId);
  }
}
