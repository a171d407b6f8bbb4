package io.paddock.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Loopback ports that nobody listens on, for servers that must know each other's ports before they
 * start. They are taken from below the range that systems give to outgoing connections, so that a
 * server finds its port free also when it starts again.
 */
public final class FreePorts {
  static final String LOOPBACK = "127.0.0.1";
  private static final int LOWEST = 10_240;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 2000;

  private FreePorts() {}

  /** One port; see {@link #take}. */
  public static int one() {
    return take(1).get(0);
  }

  /**
   * So many ports, all different, in no order.
   *
   * @throws IllegalStateException when none are free
   */
  public static List<Integer> take(int count) {
    Random random = new Random();
    List<Integer> ports = new ArrayList<>();
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < TRIES && ports.size() < count; i++) {
        int port = LOWEST + random.nextInt(HIGHEST - LOWEST);
        ServerSocket socket = new ServerSocket();
        sockets.add(socket);
        if (bound(socket, port)) {
          ports.add(port);
        }
      }
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (ports.size() < count) {
      throw new IllegalStateException("no " + count + " free ports on " + LOOPBACK);
    }
    return ports;
  }

  private static boolean bound(ServerSocket socket, int port) throws IOException {
    InetAddress loopback = InetAddress.getByName(LOOPBACK);
    try {
      socket.bind(new InetSocketAddress(loopback, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
