package io.paddock.testkit;

import io.paddock.server.ConfigException;
import io.paddock.server.PaddockServer;
import io.paddock.server.ServerMode;
import io.paddock.server.StartException;
import io.paddock.server.ZooCfg;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An ensemble in this process, on loopback ports, in temporary folders. Servers are numbered from
 * 1.
 *
 * <pre>
 *   try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.of(3)) {
 *     ensemble.stop(ensemble.awaitLeader());
 *     var zk = new ZooKeeper(ensemble.connectString(), 10_000, event -> {});
 *   }
 * </pre>
 *
 * <p>One thread at a time may call its methods.
 */
public final class EmbeddedEnsemble implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int TICK_MS = 200;
  private static final long AWAIT_NANOS = 30_000_000_000L;

  private final Path folder;
  private final List<Map<String, String>> settings = new ArrayList<>();
  private final List<PaddockServer> servers = new ArrayList<>();
  private final List<Integer> clientPorts = new ArrayList<>();

  private EmbeddedEnsemble(int voters, int observers, Map<String, String> more) {
    try {
      folder = Files.createTempDirectory("paddock-ensemble-");
      int count = voters + observers;
      List<Integer> ports = freePorts(3 * count);
      Map<String, String> lines = new LinkedHashMap<>();
      for (int i = 1; i <= count; i++) {
        String role = i > voters ? ":observer" : "";
        lines.put(
            "server." + i,
            LOOPBACK + ":" + ports.get(3 * i - 3) + ":" + ports.get(3 * i - 2) + role);
      }
      for (int i = 1; i <= count; i++) {
        Path dataDir = Files.createDirectories(folder.resolve("server" + i));
        Files.writeString(dataDir.resolve("myid"), i + "\n");
        Map<String, String> own = new LinkedHashMap<>(lines);
        own.put("dataDir", dataDir.toString());
        own.put("clientPort", ports.get(3 * i - 1).toString());
        own.put("clientPortAddress", LOOPBACK);
        own.put("tickTime", Integer.toString(TICK_MS));
        own.put("initLimit", "25");
        own.put("syncLimit", "10");
        own.put("maxSessionTimeout", "60000");
        own.put("admin.enableServer", "false");
        own.put("preAllocSize", "1024");
        own.putAll(more);
        settings.add(own);
        clientPorts.add(ports.get(3 * i - 1));
        servers.add(null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts so many voters; a leader may not be there yet. */
  public static EmbeddedEnsemble of(int voters) {
    return of(voters, 0, Map.of());
  }

  /**
   * Starts voters and, with the numbers behind theirs, observers.
   *
   * @param settings more lines of zoo.cfg, for every server
   */
  public static EmbeddedEnsemble of(int voters, int observers, Map<String, String> settings) {
    EmbeddedEnsemble ensemble = new EmbeddedEnsemble(voters, observers, settings);
    try {
      for (int i = 1; i <= voters + observers; i++) {
        ensemble.restart(i);
      }
    } catch (IllegalStateException e) {
      ensemble.close();
      throw e;
    }
    return ensemble;
  }

  /** How many servers it has, running or not. */
  public int size() {
    return servers.size();
  }

  /** The client addresses of all servers. */
  public String connectString() {
    return String.join(",", clientPorts.stream().map(port -> LOOPBACK + ":" + port).toList());
  }

  /** The client address of one server. */
  public String connectString(int i) {
    return LOOPBACK + ":" + clientPorts.get(i - 1);
  }

  /** The data directory of one server. */
  public Path dataDir(int i) {
    return folder.resolve("server" + i);
  }

  /** The server inside; null while it is stopped. */
  public PaddockServer server(int i) {
    return servers.get(i - 1);
  }

  /** Stops a server, if it runs. */
  public void stop(int i) {
    PaddockServer server = servers.set(i - 1, null);
    if (server != null) {
      server.close();
    }
  }

  /** Starts a server, after it was stopped if it runs. */
  public void restart(int i) {
    stop(i);
    try {
      ZooCfg config = ZooCfg.of(settings.get(i - 1), Map.of());
      servers.set(i - 1, PaddockServer.start(config, () -> {}));
    } catch (ConfigException | StartException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** The number of the leader; 0 while there is none that serves. */
  public int leader() {
    for (int i = 1; i <= size(); i++) {
      if (serves(i) && server(i).status().mode() == ServerMode.LEADER) {
        return i;
      }
    }
    return 0;
  }

  /** Whether a server runs and serves clients. */
  public boolean serves(int i) {
    return server(i) != null && server(i).status().serving();
  }

  /**
   * Waits until every server that runs serves clients, and returns the leader.
   *
   * @throws IllegalStateException when that takes too long
   */
  public int awaitLeader() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < AWAIT_NANOS) {
      boolean all = true;
      for (int i = 1; i <= size(); i++) {
        all &= server(i) == null || serves(i);
      }
      int leader = leader();
      if (all && leader > 0) {
        return leader;
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the ensemble forms", e);
      }
    }
    throw new IllegalStateException("the ensemble has not formed in 30 s");
  }

  /** Stops all and removes the folders. */
  @Override
  public void close() {
    for (int i = 1; i <= size(); i++) {
      stop(i);
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary folder " + folder + " could not be removed", e);
    }
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK));
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      return ports;
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
