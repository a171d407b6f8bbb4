package io.paddock.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loopback ports that nobody listens on, for servers that must know each other's ports before they
 * start. They are taken from below the range that systems give to outgoing connections, so that a
 * server finds its port free also when it starts again. A process is given each only once (until
 * all 21,760 have been), because it listens on them later than it asks. Any thread may ask.
 */
public final class FreePorts {
  static final String LOOPBACK = "127.0.0.1";
  private static final int LOWEST = 10_240;
  private static final int COUNT = 21_760;
  private static final AtomicInteger NEXT = new AtomicInteger(new Random().nextInt(COUNT));

  private FreePorts() {}

  /** One port; see {@link #take}. */
  public static int one() {
    for (int i = 0; i < COUNT; i++) {
      int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port on " + LOOPBACK);
  }

  /**
   * So many ports, all different, in no order.
   *
   * @throws IllegalStateException when none are free
   */
  public static List<Integer> take(int count) {
    List<Integer> ports = new ArrayList<>();
    while (ports.size() < count) {
      ports.add(one());
    }
    return ports;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
