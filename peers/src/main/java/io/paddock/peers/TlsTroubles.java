package io.paddock.peers;

import io.paddock.machine.FirstBytes;
import io.paddock.machine.ForeignProtocol;
import io.paddock.machine.TlsWords;
import java.net.InetSocketAddress;

/**
 * Tells who does not come through at the ports for peers because of TLS (security sheet, section
 * 12, rows 4, 5, 14 and 17), and what to do. Used by the core's thread.
 */
final class TlsTroubles {
  private final AddressTroubles addresses;

  TlsTroubles(AddressTroubles addresses) {
    this.addresses = addresses;
  }

  /** Those at one port. */
  final class OfPort {
    private final boolean electionPort;

    private OfPort(boolean electionPort) {
      this.electionPort = electionPort;
    }

    private String port() {
      return electionPort ? "election port" : "quorum port";
    }

    /** Somebody does not speak TLS where everybody has to; {@code start} is how it began. */
    void plainAtTls(InetSocketAddress remote, byte[] start) {
      if (start.length == 0) {
        return; // Who only connects, as probes do, is nobody to tell of.
      }
      boolean peer = ForeignProtocol.isPeer(start, electionPort);
      String what = peer ? "" : what(start);
      addresses.tell(
          remote,
          port() + what,
          who ->
              peer
                  ? who
                      + " speaks plain text to the "
                      + port()
                      + ", which takes TLS only: set sslQuorum=true there, or portUnification=true"
                      + " here until all servers speak TLS"
                  : who + " sends to the " + port() + ", which takes TLS only: " + what);
    }

    private String what(byte[] start) {
      return FirstBytes.isHalfAHello(start)
          ? "the beginning of a TLS hello, and the rest of it not in time"
          : ForeignProtocol.atPeerPort(start, 0, start.length, electionPort);
    }

    /** Somebody speaks TLS where nobody else does. */
    void tlsAtPlain(InetSocketAddress remote) {
      addresses.tell(
          remote,
          port() + "TLS",
          who ->
              "What "
                  + who
                  + " sends to the "
                  + port()
                  + (electionPort
                      ? " is no ZooKeeper election: TLS"
                      : " is no ZooKeeper quorum protocol: TLS")
                  + ", and this server speaks plain text to its peers: set portUnification=true"
                  + " here, so that it takes both, or sslQuorum=false there");
    }

    /** A handshake broke off. */
    void failed(InetSocketAddress remote, Throwable cause) {
      // Who only hangs up, as probes do, or was given up, is nobody to tell of.
      if (!TlsWords.isHangUp(cause)) {
        addresses.tell(
            remote,
            port() + TlsWords.shortly(cause) + TlsWords.certificate(cause),
            who ->
                "A TLS handshake at the "
                    + port()
                    + " has failed: "
                    + TlsWords.ofPeer(cause, who, false));
      }
    }
  }

  OfPort electionPort() {
    return new OfPort(true);
  }

  OfPort quorumPort() {
    return new OfPort(false);
  }
}
