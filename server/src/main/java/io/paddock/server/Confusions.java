package io.paddock.server;

import io.paddock.config.ClientTlsConfig;
import io.paddock.config.ZooCfg;
import io.paddock.machine.OncePerHour;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log who does not come through because of TLS, and what to do: once an hour for each
 * address and cause. Any thread.
 */
final class Confusions {
  private static final Logger LOG = LoggerFactory.getLogger(Confusions.class);

  private final OncePerHour told = new OncePerHour();
  private final String remedyForTls;

  Confusions(ZooCfg config) {
    remedyForTls =
        config
            .clientTls()
            .filter(ClientTlsConfig::hasPort)
            .map(
                tls ->
                    "connect it to secureClientPort "
                        + (tls.port() == 0 ? "" : tls.port() + ", ")
                        + "or set client.portUnification=true")
            .orElse("set secureClientPort or client.portUnification, or have it speak plain");
  }

  /** Somebody speaks TLS where nobody else does. */
  void tlsAtPlain(InetSocketAddress remote) {
    tell(remote, "speaks TLS to the plain client port: " + remedyForTls);
  }

  /**
   * Somebody does not speak TLS where everybody has to.
   *
   * @param what it was
   */
  void plainAtTls(InetSocketAddress remote, String what) {
    tell(
        remote,
        "sent "
            + what
            + " to secureClientPort, which takes TLS only: set zookeeper.client.secure=true and the"
            + " stores at the client, or connect it to clientPort");
  }

  /** A handshake broke off. */
  void handshakeFailed(InetSocketAddress remote, String why) {
    tell(remote, "did not come through its TLS handshake: " + why);
  }

  private void tell(InetSocketAddress remote, String what) {
    if (told.isNew(remote.getAddress(), what)) {
      LOG.warn("{} {} (said once an hour for each address)", remote, what);
    }
  }
}
