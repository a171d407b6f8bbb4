package io.paddock.oracle;

import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Servers that know each other by names alone. Each has an /etc/hosts of its own (Linux, root,
 * unshare), in which a test gives and moves addresses, all of them on loopback.
 */
final class NamedLinks implements Links {
  private static final String LOOPBACK = "127.0.0.1";

  private final Path folder;
  private final int seats;
  private final List<Integer> ports;

  /** Whether this machine lets us give a process a file of its own. */
  static boolean areAllowed() {
    try {
      Process process =
          new ProcessBuilder("unshare", "-m", "mount", "--bind", "/etc/hosts", "/etc/hosts")
              .redirectErrorStream(true)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  NamedLinks(int seats) throws IOException {
    this.seats = seats;
    this.ports = FreePorts.take(3 * seats);
    this.folder = Files.createTempDirectory("hosts");
    for (int i = 1; i <= seats; i++) {
      Files.writeString(hosts(i), LOOPBACK + " localhost\n");
    }
  }

  static String name(int i) {
    return "zk-" + i + ".paddock.invalid";
  }

  private Path hosts(int i) {
    return folder.resolve("hosts" + i);
  }

  /** From now on server {@code at} finds server {@code of} at this address and no other. */
  void resolve(int at, int of, String address) {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(hosts(at)));
      lines.removeIf(line -> line.endsWith(" " + name(of)));
      lines.add(address + " " + name(of));
      // In place: a process has this very file.
      Files.write(hosts(at), lines, StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> lines(int i, int voters, int all) {
    List<String> lines = new ArrayList<>();
    for (int j = 1; j <= seats; j++) {
      lines.add(
          "server.%d=%s:%d:%d:%s"
              .formatted(
                  j,
                  name(j),
                  ports.get(3 * j - 3),
                  ports.get(3 * j - 2),
                  j > voters ? "observer" : "participant"));
    }
    lines.add("clientPort=" + ports.get(3 * i - 1));
    lines.add("clientPortAddress=" + LOOPBACK);
    return lines;
  }

  @Override
  public List<String> prefix(int i) {
    return List.of(
        "unshare",
        "-m",
        "sh",
        "-c",
        "mount --bind \"$0\" /etc/hosts && exec \"$@\"",
        hosts(i).toString());
  }

  @Override
  public InetSocketAddress client(int i) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(3 * i - 1));
  }

  @Override
  public void close() {
    ApacheServer.deleteTree(folder);
  }
}
