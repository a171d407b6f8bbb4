package io.paddock.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A relay before a server that notes the largest packet, in either direction. A packet of the
 * client protocol is a length of four bytes and as many bytes.
 */
final class PacketGauge implements AutoCloseable {
  private static final int BACKLOG = 50;

  private final ServerSocket entrance;
  private final InetSocketAddress server;
  private final AtomicInteger bytesMax = new AtomicInteger();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private PacketGauge(ServerSocket entrance, InetSocketAddress server) {
    this.entrance = entrance;
    this.server = server;
  }

  static PacketGauge before(InetSocketAddress server) throws IOException {
    PacketGauge gauge =
        new PacketGauge(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), server);
    thread(gauge::admit);
    return gauge;
  }

  int port() {
    return entrance.getLocalPort();
  }

  /** Without the four bytes of the length. */
  int bytesMax() {
    return bytesMax.get();
  }

  private void admit() {
    while (!entrance.isClosed()) {
      try {
        Socket client = entrance.accept();
        open.add(client);
        Socket behind = new Socket(server.getAddress(), server.getPort());
        open.add(behind);
        client.setTcpNoDelay(true);
        behind.setTcpNoDelay(true);
        thread(() -> relay(client, behind));
        thread(() -> relay(behind, client));
      } catch (IOException e) {
        // The server is away, or this is closed: whoever came comes again.
      }
    }
  }

  private void relay(Socket from, Socket to) {
    try (from;
        to) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(from.getInputStream()));
      copy(in, to.getOutputStream());
    } catch (IOException e) {
      // One side has left; closing tells the other.
    } finally {
      open.remove(from);
    }
  }

  private void copy(DataInputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    while (true) {
      int length = in.readInt();
      bytesMax.accumulateAndGet(length, Math::max);
      buffer[0] = (byte) (length >>> 24);
      buffer[1] = (byte) (length >>> 16);
      buffer[2] = (byte) (length >>> 8);
      buffer[3] = (byte) length;
      int filled = Integer.BYTES;
      for (int left = length; left > 0 || filled > 0; filled = 0) {
        int read = fill(in, buffer, filled, left);
        left -= read;
        out.write(buffer, 0, filled + read);
      }
    }
  }

  private static int fill(InputStream in, byte[] buffer, int from, int left) throws IOException {
    int room = Math.min(buffer.length - from, left);
    int read = in.readNBytes(buffer, from, room);
    if (read < room) {
      throw new EOFException("the packet ends early");
    }
    return read;
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "packet-gauge");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
