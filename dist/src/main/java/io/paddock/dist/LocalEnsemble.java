package io.paddock.dist;

import io.paddock.operators.SrvrAnswer;
import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** An ensemble on this machine, each server a process of its own. For one thread. */
final class LocalEnsemble implements AutoCloseable {
  /** Between a server's client port and the two others. */
  private static final int PORTS_APART = 1000;

  private static final int PORT_MAX = 65_535;
  private static final int FORM_SECONDS = 180;
  private static final long LOOK_MS = 50;

  private final List<LocalServer> servers = new ArrayList<>();
  private final int voters;

  /**
   * How it is to be.
   *
   * @param servers how many vote
   * @param observers how many do not; their numbers follow
   * @param basePort the client port of the first server, the others' follow; 0 for any free ports
   * @param settings lines of every server's zoo.cfg
   */
  record Plan(int servers, int observers, int basePort, Map<String, String> settings) {
    int count() {
      return servers + observers;
    }
  }

  /**
   * Writes the servers' files below {@code folder} and starts them; there may be no leader yet.
   *
   * @throws DemoException when a port is in use or out of range
   */
  LocalEnsemble(Launch launch, Path folder, Plan plan) {
    this.voters = plan.servers;
    List<Integer> ports = plan.basePort == 0 ? FreePorts.take(3 * plan.count()) : ports(plan);
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("standaloneEnabled", "false");
    lines.put("admin.enableServer", "false");
    lines.put("initLimit", "10");
    lines.put("syncLimit", "5");
    lines.putAll(plan.settings);
    for (int i = 1; i <= plan.count(); i++) {
      String role = i > plan.servers ? ":observer" : "";
      lines.put(
          "server." + i,
          "%s:%d:%d%s;%s:%d"
              .formatted(
                  LocalServer.LOOPBACK,
                  ports.get(3 * i - 2),
                  ports.get(3 * i - 1),
                  role,
                  LocalServer.LOOPBACK,
                  ports.get(3 * i - 3)));
    }
    String config =
        lines.entrySet().stream()
            .map(line -> line.getKey() + "=" + line.getValue() + "\n")
            .collect(Collectors.joining());
    for (int i = 1; i <= plan.count(); i++) {
      Path own = folder.resolve("server" + i);
      servers.add(new LocalServer(launch, i, ports.get(3 * i - 3), own, config));
    }
    try {
      servers.forEach(LocalServer::start);
    } catch (UncheckedIOException e) {
      close();
      throw e;
    }
  }

  /** Client, quorum and election port of each server in turn. */
  private static List<Integer> ports(Plan plan) {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < plan.count(); i++) {
      for (int kind = 0; kind < 3; kind++) {
        int port = plan.basePort + i + kind * PORTS_APART;
        if (port > PORT_MAX) {
          throw new DemoException("there is no port " + port + ": choose a lower --base-port");
        }
        ports.add(checkedFree(port));
      }
    }
    return ports;
  }

  private static int checkedFree(int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(LocalServer.LOOPBACK, port));
      return port;
    } catch (IOException e) {
      throw new DemoException(
          "port "
              + port
              + " is in use: choose another --base-port, or 0 for any free ports ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  List<LocalServer> servers() {
    return servers;
  }

  LocalServer server(int i) {
    return servers.get(i - 1);
  }

  int voters() {
    return voters;
  }

  /** The client addresses of all servers. */
  String connectString() {
    return servers.stream().map(LocalServer::connectString).collect(Collectors.joining(","));
  }

  /** The server that leads, by its own word; null when none says so. */
  LocalServer leader() {
    for (LocalServer server : servers) {
      if (server.ask().mode().equals("leader")) {
        return server;
      }
    }
    return null;
  }

  /**
   * Waits until every server serves clients.
   *
   * @throws DemoException when one ends or it takes longer than three minutes
   */
  void awaitAll() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FORM_SECONDS);
    for (LocalServer server : servers) {
      SrvrAnswer answer = server.ask();
      while (!answer.serves()) {
        if (!server.alive()) {
          throw new DemoException(server.name() + " has ended:\n" + lastLines(server));
        }
        if (System.nanoTime() > end) {
          throw new DemoException(
              server.name()
                  + " does not serve after "
                  + FORM_SECONDS
                  + " s:\n"
                  + lastLines(server));
        }
        pause(LOOK_MS);
        answer = server.ask();
      }
    }
  }

  private static String lastLines(LocalServer server) {
    try {
      List<String> lines = Files.readAllLines(server.log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "(its log could not be read: " + e + ")";
    }
  }

  static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException("interrupted", e);
    }
  }

  /** Ends all servers, and returns when they have ended. */
  @Override
  public void close() {
    servers.parallelStream().forEach(LocalServer::close);
  }
}
