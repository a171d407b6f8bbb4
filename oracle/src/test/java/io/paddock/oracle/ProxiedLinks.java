package io.paddock.oracle;

import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Servers on loopback with a proxy in each link. A cut link holds back what is sent, connections
 * stay, and new ones are taken and stay silent, as with a firewall that drops packets. A server's
 * own line has the wildcard address, so that no other server learns the way around the proxy.
 */
final class ProxiedLinks implements Links {
  private static final String LOOPBACK = "127.0.0.1";

  /** One direction of one link, for all its connections. */
  private record Way(int from, int to) {}

  private final int seats;
  private final List<Integer> ports;

  /** By dialling server, dialled server, and quorum or election port. */
  private final ServerSocket[][][] proxies;

  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Way> cuts = ConcurrentHashMap.newKeySet();
  private final Object gate = new Object();
  private volatile boolean closed;

  ProxiedLinks(int seats) {
    this.seats = seats;
    ports = FreePorts.take(3 * seats);
    proxies = new ServerSocket[seats + 1][seats + 1][2];
    for (int from = 1; from <= seats; from++) {
      for (int to = 1; to <= seats; to++) {
        for (int kind = 0; kind < 2 && from != to; kind++) {
          proxies[from][to][kind] = listen(new Way(from, to), ports.get(3 * to - 3 + kind));
        }
      }
    }
  }

  private ServerSocket listen(Way way, int target) {
    try {
      ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      daemon(() -> accept(socket, way, target));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "link proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(ServerSocket listening, Way way, int target) {
    try {
      while (true) {
        Socket dialling = listening.accept();
        daemon(() -> connect(dialling, way, target));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void connect(Socket dialling, Way way, int target) {
    sockets.add(dialling);
    Socket dialled = new Socket();
    sockets.add(dialled);
    try {
      awaitOpen(way);
      awaitOpen(new Way(way.to, way.from));
      dialling.setTcpNoDelay(true);
      dialled.setTcpNoDelay(true);
      dialled.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      daemon(() -> pump(dialled, dialling, new Way(way.to, way.from)));
      pump(dialling, dialled, way);
    } catch (IOException e) {
      end(dialling, dialled);
    }
  }

  /** Hands on what comes until the connection ends at either side. */
  private void pump(Socket from, Socket to, Way way) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[65_536];
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        awaitOpen(way);
        out.write(buffer, 0, n);
      }
      awaitOpen(way);
    } catch (IOException e) {
      // Either end is gone; the other must hear of it, once the way is open.
      awaitOpen(way);
    }
    end(from, to);
  }

  private void end(Socket one, Socket other) {
    for (Socket socket : List.of(one, other)) {
      sockets.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed as far as it can be.
      }
    }
  }

  private void awaitOpen(Way way) {
    synchronized (gate) {
      while (cuts.contains(way) && !closed) {
        try {
          gate.wait();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  @Override
  public List<String> lines(int i, int voters, int all) {
    List<String> lines = new ArrayList<>();
    for (int j = 1; j <= seats; j++) {
      boolean own = i == j;
      lines.add(
          "server.%d=%s:%d:%d:%s"
              .formatted(
                  j,
                  own ? "0.0.0.0" : LOOPBACK,
                  own ? ports.get(3 * j - 3) : proxies[i][j][0].getLocalPort(),
                  own ? ports.get(3 * j - 2) : proxies[i][j][1].getLocalPort(),
                  j > voters ? "observer" : "participant"));
    }
    lines.add("clientPort=" + ports.get(3 * i - 1));
    lines.add("clientPortAddress=" + LOOPBACK);
    return lines;
  }

  @Override
  public InetSocketAddress client(int i) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(3 * i - 1));
  }

  @Override
  public void cut(int from, int to) {
    cuts.add(new Way(from, to));
  }

  @Override
  public void heal() {
    synchronized (gate) {
      cuts.clear();
      gate.notifyAll();
    }
  }

  @Override
  public void close() {
    closed = true;
    heal();
    for (ServerSocket[][] ofOne : proxies) {
      for (ServerSocket[] ofPair : ofOne) {
        for (ServerSocket socket : ofPair) {
          close(socket);
        }
      }
    }
    for (Socket socket : sockets) {
      end(socket, socket);
    }
  }

  private static void close(ServerSocket socket) {
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
