package io.paddock.oracle;

import io.paddock.testkit.FreePorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Servers on loopback that reach each other without anything between them. */
final class LoopbackLinks implements Links {
  private static final String LOOPBACK = "127.0.0.1";

  private final List<Integer> ports;

  LoopbackLinks(int seats) {
    ports = FreePorts.take(3 * seats);
  }

  @Override
  public List<String> lines(int i, int voters, int seats) {
    List<String> lines = new ArrayList<>();
    for (int j = 1; j <= seats; j++) {
      lines.add(
          "server.%d=%s:%d:%d:%s"
              .formatted(
                  j,
                  LOOPBACK,
                  ports.get(3 * j - 3),
                  ports.get(3 * j - 2),
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
  public void close() {}
}
