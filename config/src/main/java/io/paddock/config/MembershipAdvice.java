package io.paddock.config;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import java.util.HashMap;
import java.util.Map;

/**
 * What a person should hear of an ensemble's server lines although the server can start with them:
 * ids and addresses that cannot all work, and numbers of voters that gain nothing.
 */
final class MembershipAdvice {
  /** Session ids carry so much of a server's id. */
  private static final int SID_MAX = 255;

  /** The two bytes above are those of TTL znodes' owners. */
  private static final int SID_MAX_WITH_TTL = 254;

  private static final int VOTERS_THAT_SURVIVE = 3;

  private final ConfigSource source;

  MembershipAdvice(ConfigSource source) {
    this.source = source;
  }

  /**
   * Warns.
   *
   * @throws ConfigException when this server's id cannot be used with TTL znodes, as in Apache's
   *     server
   */
  void give(EnsembleConfig ensemble, long myId) throws ConfigException {
    if (myId > SID_MAX_WITH_TTL && source.flag("extendedTypesEnabled", false)) {
      throw new ConfigException(
          "extendedTypesEnabled=true and server id "
              + myId
              + " do not go together: TTL znodes leave room for ids up to "
              + SID_MAX_WITH_TTL
              + "; choose a smaller one in myid and in the server line");
    }
    for (EnsembleServer server : ensemble.servers()) {
      if (server.sid() < 1 || server.sid() > SID_MAX) {
        source.warn(
            "server."
                + server.sid()
                + ": ids go from 1 to "
                + SID_MAX
                + "; session ids carry only the last 8 bits of it, and two servers with the same ones may"
                + " give two clients one session id");
      }
    }
    warnOfSharedPorts(ensemble);
    warnOfVoters(ensemble.quorum().size());
  }

  private void warnOfSharedPorts(EnsembleConfig ensemble) {
    Map<String, Long> holders = new HashMap<>();
    for (EnsembleServer server : ensemble.servers()) {
      for (EnsembleServer.Address address : server.addresses()) {
        for (int port : new int[] {address.quorumPort(), address.electionPort()}) {
          Long other = holders.putIfAbsent(address.host() + ":" + port, server.sid());
          if (other != null && other != server.sid()) {
            source.warn(
                "server."
                    + other
                    + " and server."
                    + server.sid()
                    + " both have "
                    + address.host()
                    + ":"
                    + port
                    + ": only one of them can listen there; correct one of the lines");
          }
        }
      }
    }
  }

  private void warnOfVoters(int voters) {
    if (voters < VOTERS_THAT_SURVIVE) {
      source.warn(
          "No server failure will be tolerated with "
              + voters
              + (voters == 1 ? " voter" : " voters")
              + "; at least 3 are needed for that");
    } else if (voters % 2 == 0) {
      source.warn(
          voters
              + " voters tolerate no more failures than "
              + (voters - 1)
              + " do; consider an odd number of servers");
    }
  }
}
