package io.paddock.peers;

import io.paddock.config.PeerSaslConfig;
import io.paddock.machine.ForeignProtocol;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Tells who does not come through at a port for peers because of its login (security sheet, section
 * 12, row 13), and what to do. Used by the core's thread.
 */
final class SaslTroubles {
  /** Where the caller's id stands in a handshake of the election port. */
  private static final int SID_AT = 8;

  private final AddressTroubles addresses;
  private final boolean electionPort;

  SaslTroubles(AddressTroubles addresses, boolean electionPort) {
    this.addresses = addresses;
    this.electionPort = electionPort;
  }

  private String port() {
    return electionPort ? "election port" : "quorum port";
  }

  /**
   * Somebody does not log in where everybody has to.
   *
   * @param start how it began
   */
  void noLogin(InetSocketAddress remote, byte[] start) {
    if (start.length == 0 || isProbe(start)) {
      return; // Who only connects, as probes do, is nobody to tell of.
    }
    boolean peer = ForeignProtocol.isPeer(start, electionPort);
    String what = peer ? "" : ForeignProtocol.atPeerPort(start, 0, start.length, electionPort);
    addresses.tell(
        remote,
        port() + " login " + what,
        who ->
            peer
                ? who
                    + " does not log in to the "
                    + port()
                    + ", which requires it: set "
                    + PeerSaslConfig.ENABLE_KEY
                    + "=true and "
                    + PeerSaslConfig.LEARNER_KEY
                    + "=true there, or "
                    + PeerSaslConfig.SERVER_KEY
                    + "=false here until all servers log in"
                : who + " sends to the " + port() + ", where servers log in first: " + what);
  }

  private boolean isProbe(byte[] start) {
    return electionPort
        && start.length >= SID_AT + Long.BYTES
        && ByteBuffer.wrap(start).getLong(SID_AT) == ElectionProbe.SID;
  }

  /**
   * A login has failed.
   *
   * @param letIn whether it is let in all the same
   */
  void failed(InetSocketAddress remote, String why, boolean letIn) {
    addresses.tell(
        remote,
        port() + " login: " + why,
        who ->
            "The login of "
                + who
                + " at the "
                + port()
                + " has failed: "
                + why
                + (letIn
                    ? ". It is not turned away, since " + PeerSaslConfig.SERVER_KEY + " is false"
                    : ""));
  }

  /** Somebody logs in where nobody else does. */
  void loginWhereNone(InetSocketAddress remote) {
    addresses.tell(
        remote,
        port() + " login where none is taken",
        who ->
            who
                + " logs in by SASL to the "
                + port()
                + ", and this server takes no logins: set "
                + PeerSaslConfig.ENABLE_KEY
                + "=true here, which comes first, or "
                + PeerSaslConfig.LEARNER_KEY
                + "=false there until it is");
  }
}
