package io.paddock.server;

import io.paddock.machine.LiveTls;
import io.paddock.metrics.ServerMetrics;
import io.paddock.tree.AccessControl;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * What the doors of a port that takes TLS share. Any thread.
 *
 * @param tls stores and checks
 * @param isSecure whether it is the port for TLS alone, and not the one that takes both
 * @param tasks does what takes long in a handshake
 * @param handshakesOf those under way, by loop
 * @param access knows who a certificate's subject is
 * @param metrics counts what fails
 * @param dropping whether newcomers are turned away before the handshake now
 */
record TlsPort(
    LiveTls tls,
    boolean isSecure,
    Executor tasks,
    Map<ClientLoop, Handshakes> handshakesOf,
    AccessControl access,
    ServerMetrics metrics,
    BooleanSupplier dropping) {
  boolean takesPlain() {
    return !isSecure;
  }

  boolean dropsEarly() {
    return dropping.getAsBoolean();
  }

  Handshakes handshakes(ClientLoop loop) {
    return handshakesOf.get(loop);
  }
}
