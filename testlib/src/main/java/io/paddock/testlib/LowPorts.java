package io.paddock.testlib;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;

/** Free loopback ports from below the range that outgoing connections take theirs from. */
public final class LowPorts {
  private LowPorts() {}

  /** A port that nobody listens on. */
  public static int free() throws IOException {
    Random random = new Random();
    while (true) {
      int port = 10_240 + random.nextInt(21_000);
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress("127.0.0.1", port));
        return port;
      } catch (BindException e) {
        // Another one.
      }
    }
  }
}
