package io.paddock.tasks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that are started again on the same port: below Linux's range for outgoing
 * connections and for listening on just any, or somebody could take the port meanwhile.
 */
final class Ports {
  private static final int MIN = 20_000;
  private static final int MAX = 32_000;

  private Ports() {}

  static int free() {
    for (int i = 0; i < 100; i++) {
      int port = ThreadLocalRandom.current().nextInt(MIN, MAX);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Taken; another one will be free.
      }
    }
    throw new IllegalStateException("no free port between " + MIN + " and " + MAX);
  }
}
