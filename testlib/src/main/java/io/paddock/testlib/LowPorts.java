package io.paddock.testlib;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free loopback ports from below the range that outgoing connections take theirs from. Each is
 * given once to a process (until all 21,000 have been), because who asks listens on it only later.
 */
public final class LowPorts {
  private static final int LOWEST = 10_240;
  private static final int COUNT = 21_000;
  private static final AtomicInteger NEXT = new AtomicInteger(new Random().nextInt(COUNT));

  private LowPorts() {}

  /** A port that nobody listens on and that was not given before. */
  public static int free() throws IOException {
    while (true) {
      int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress("127.0.0.1", port));
        return port;
      } catch (BindException e) {
        // Another one.
      }
    }
  }
}
