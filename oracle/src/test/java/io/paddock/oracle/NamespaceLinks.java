package io.paddock.oracle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Servers each in a network namespace of its own, with an address of its own, on one bridge (Linux,
 * root, iproute2). A cut is a neighbour with a false hardware address: packets leave and arrive
 * nowhere, as with a broken switch, and neither end is told.
 */
final class NamespaceLinks implements Links {
  private static final int QUORUM_PORT = 2888;
  private static final int ELECTION_PORT = 3888;
  private static final int CLIENT_PORT = 2181;
  private static final String NOWHERE = "02:00:00:00:ee:ee";

  private final int seats;
  private final String tag;
  private final String net;
  private final List<String> undo = new ArrayList<>();
  private final List<String> heal = new ArrayList<>();

  /** Whether this machine lets us make namespaces, and lets packets pass between them. */
  static boolean areAllowed() {
    try (NamespaceLinks two = new NamespaceLinks(2)) {
      return two.isReached(1, 2);
    } catch (AssertionError forbidden) {
      return false;
    }
  }

  /**
   * A machine that can be reached refuses a port on which nobody listens; a firewall says nothing.
   */
  private boolean isReached(int from, int to) {
    String inside = "timeout 10 ip netns exec " + tag + "n" + from + " env LC_ALL=C bash -c ";
    String said = say(inside + "</dev/tcp/" + net + to + "/9");
    return said == null || said.contains("refused");
  }

  NamespaceLinks(int seats) {
    this.seats = seats;
    ThreadLocalRandom random = ThreadLocalRandom.current();
    tag = "pd" + random.nextInt(100_000);
    // Set aside for tests of networks (RFC 2544), so no way to somewhere else is hidden.
    net = "198.%d.%d.".formatted(18 + random.nextInt(2), random.nextInt(256));
    try {
      build();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void build() {
    String bridge = tag + "b";
    undo.add("ip link del " + bridge);
    run("ip link add " + bridge + " type bridge");
    run("ip addr add " + net + "254/24 dev " + bridge);
    run("ip link set " + bridge + " up");
    for (int i = 1; i <= seats; i++) {
      undo.add("ip netns del " + tag + "n" + i);
      run("ip netns add " + tag + "n" + i);
      String pair = tag + "v" + i;
      undo.add("ip link del " + pair);
      run("ip link add " + pair + " type veth peer name eth0 netns " + tag + "n" + i);
      run("ip link set " + pair + " master " + bridge + " up");
      String inside = "ip -n " + tag + "n" + i + " ";
      run(inside + "addr add " + net + i + "/24 dev eth0");
      run(inside + "link set eth0 up");
      run(inside + "link set lo up");
    }
  }

  private static void run(String command) {
    String said = say(command);
    if (said != null) {
      throw new AssertionError(command + ": " + said);
    }
  }

  /** Runs it; null when it worked, else what it says. */
  private static String say(String command) {
    try {
      Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
      return process.waitFor() == 0 ? null : text;
    } catch (IOException e) {
      return e.getMessage();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<String> lines(int i, int voters, int all) {
    List<String> lines = new ArrayList<>();
    for (int j = 1; j <= seats; j++) {
      lines.add(
          "server.%d=%s:%d:%d:%s"
              .formatted(
                  j, net + j, QUORUM_PORT, ELECTION_PORT, j > voters ? "observer" : "participant"));
    }
    lines.add("clientPort=" + CLIENT_PORT);
    return lines;
  }

  @Override
  public List<String> prefix(int i) {
    return List.of("ip", "netns", "exec", tag + "n" + i);
  }

  @Override
  public InetSocketAddress client(int i) {
    return new InetSocketAddress(net + i, CLIENT_PORT);
  }

  @Override
  public void cut(int from, int to) {
    String neighbour = "ip -n " + tag + "n" + from + " neigh ";
    run(neighbour + "replace " + net + to + " lladdr " + NOWHERE + " dev eth0 nud permanent");
    heal.add(neighbour + "del " + net + to + " dev eth0");
  }

  @Override
  public void heal() {
    heal.forEach(NamespaceLinks::run);
    heal.clear();
  }

  @Override
  public void close() {
    for (int i = undo.size() - 1; i >= 0; i--) {
      say(undo.get(i));
    }
    undo.clear();
  }
}
