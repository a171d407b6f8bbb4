package io.paddock.testlib;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Random;

/**
 * Free loopback ports from below the range that outgoing connections take theirs from. Each is
 * given once, because who asks listens on it only later: also not to another of the test processes
 * that run at the same time, since ports come from a block that this process holds by a UDP socket
 * on its first number. {@code FreePorts} of testkit holds its blocks in the same way.
 */
public final class LowPorts {
  private static final int LOWEST = 10_240;
  private static final int BLOCK = 64;
  private static final int BLOCKS = 340;
  private static final LowPorts SHARED = new LowPorts();

  /** Kept, so that nobody closes them before the process ends. */
  private final ArrayDeque<DatagramSocket> held = new ArrayDeque<>();

  private int next;
  private int end;

  private LowPorts() {}

  /**
   * A port that nobody listens on and that was not given before.
   *
   * @throws IOException when other processes hold all blocks, or this one has used up those it got
   */
  public static int free() throws IOException {
    synchronized (SHARED) {
      while (true) {
        int port = SHARED.take();
        try (ServerSocket probe = new ServerSocket()) {
          probe.bind(new InetSocketAddress("127.0.0.1", port));
          return port;
        } catch (BindException e) {
          // Another one.
        }
      }
    }
  }

  private int take() throws IOException {
    if (next == end) {
      holdBlock();
    }
    return next++;
  }

  private void holdBlock() throws IOException {
    int first = new Random().nextInt(BLOCKS);
    for (int i = 0; i < BLOCKS; i++) {
      int block = LOWEST + BLOCK * ((first + i) % BLOCKS);
      try {
        held.add(new DatagramSocket(new InetSocketAddress("127.0.0.1", block)));
        next = block;
        end = block + BLOCK;
        return;
      } catch (SocketException e) {
        // Held by another process, or by this one.
      }
    }
    throw new BindException("no block of ports is left on 127.0.0.1");
  }
}
