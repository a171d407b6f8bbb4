package io.paddock.testkit;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Loopback ports that nobody listens on, for servers that must know each other's ports before they
 * start. They are taken from below the range that systems give to outgoing connections, so that a
 * server finds its port free also when it starts again. A process is given each only once (until
 * all 21,760 have been), because it listens on them later than it asks; and no two processes that
 * ask here are given the same one, as test processes run side by side: ports come in blocks, and
 * whoever gives from a block holds a UDP socket on its first number for as long as it lives. Any
 * thread may ask.
 */
public final class FreePorts {
  static final String LOOPBACK = "127.0.0.1";
  private static final int LOWEST = 10_240;
  private static final int BLOCK = 64;
  private static final int BLOCKS = 340;
  private static final FreePorts SHARED = new FreePorts();

  /** In the order in which they are given from, the current one last. */
  private final Deque<Block> held = new ArrayDeque<>();

  private int given = BLOCK;

  private record Block(int first, DatagramSocket holding) {}

  private FreePorts() {}

  /**
   * One port.
   *
   * @throws IllegalStateException when none is free
   */
  public static int one() {
    for (int i = 0; i < BLOCKS * BLOCK; i++) {
      int port = SHARED.next();
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

  private synchronized int next() {
    if (given == BLOCK) {
      Block block = anotherBlock();
      held.addLast(block == null ? held.removeFirst() : block);
      given = 0;
    }
    return held.getLast().first() + given++;
  }

  /**
   * Null when there is no other to be had and those held must do again.
   *
   * @throws IllegalStateException when none is held either
   */
  private Block anotherBlock() {
    int start = new Random().nextInt(BLOCKS);
    for (int i = 0; i < BLOCKS; i++) {
      int first = LOWEST + BLOCK * ((start + i) % BLOCKS);
      try {
        return new Block(first, new DatagramSocket(new InetSocketAddress(LOOPBACK, first)));
      } catch (SocketException e) {
        // Held by another process, or by this one.
      }
    }
    if (held.isEmpty()) {
      throw new IllegalStateException("other processes hold all ports on " + LOOPBACK);
    }
    return null;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(LOOPBACK, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
