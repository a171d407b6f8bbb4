package io.paddock.config;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.ZabSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A server's place in an ensemble (quorum sheet, section 1). Immutable.
 *
 * @param myId what the file myid says
 * @param ensemble the server lines in force
 * @param lastSeen the configuration that was proposed last; {@code ensemble} when none was
 * @param votersMin the fewest voters a reconfiguration may leave
 * @param severalAddresses whether a server may have more than one
 * @param zooCfg the configuration file, which follows a reconfiguration; empty when a program gave
 *     the settings
 * @param ownFile whether the server lines are in a file of their own already
 * @param zab times and bounds
 * @param peers the sockets between members
 * @param leaderServes whether clients are let in while this server leads
 */
public record MembershipConfig(
    long myId,
    EnsembleConfig ensemble,
    EnsembleConfig lastSeen,
    int votersMin,
    boolean severalAddresses,
    Optional<Path> zooCfg,
    boolean ownFile,
    ZabSettings zab,
    PeerConfig peers,
    boolean leaderServes) {

  /** The same, kept in another file. */
  MembershipConfig in(Path otherZooCfg) {
    return new MembershipConfig(
        myId,
        ensemble,
        lastSeen,
        votersMin,
        severalAddresses,
        Optional.of(otherZooCfg),
        ownFile,
        zab,
        peers,
        leaderServes);
  }

  /** This server's own line. */
  public EnsembleServer self() {
    return ensemble.server(myId);
  }
}
