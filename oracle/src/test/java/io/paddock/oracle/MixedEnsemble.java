package io.paddock.oracle;

import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.server.PaddockServer;
import io.paddock.testkit.FreePorts;
import io.paddock.testlib.ChildJvm;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * An ensemble on loopback in which each seat can be taken by an Apache server, in a process of its
 * own, or by a Paddock, in this one; data directories stay when the kind changes. Seats are
 * numbered from 1.
 */
final class MixedEnsemble implements AutoCloseable {
  enum Kind {
    APACHE,
    PADDOCK
  }

  private static final String LOOPBACK = "127.0.0.1";
  private static final long AWAIT_NANOS = 60_000_000_000L;

  private final Path folder;
  private final List<Integer> ports;
  private final Map<String, String> properties;
  private UnaryOperator<ZooCfg> paddockConfig = UnaryOperator.identity();
  private final Process[] processes;
  private final PaddockServer[] paddocks;

  MixedEnsemble(int voters, int observers) throws IOException {
    this(voters, observers, Map.of(), Map.of());
  }

  MixedEnsemble(
      int voters, int observers, Map<String, String> settings, Map<String, String> properties)
      throws IOException {
    this(voters, observers, 0, settings, properties, List.of(LOOPBACK));
  }

  /**
   * @param newcomers further seats, behind the observers', that know the others but are not known
   * @param settings more lines for every zoo.cfg
   * @param properties system properties of every server
   */
  MixedEnsemble(
      int voters,
      int observers,
      int newcomers,
      Map<String, String> settings,
      Map<String, String> properties)
      throws IOException {
    this(voters, observers, newcomers, settings, properties, List.of(LOOPBACK));
  }

  /**
   * @param hosts by which every member can be reached by its peers
   */
  MixedEnsemble(
      int voters,
      int observers,
      int newcomers,
      Map<String, String> settings,
      Map<String, String> properties,
      List<String> hosts)
      throws IOException {
    this.properties = properties;
    folder = Files.createTempDirectory("mixed-ensemble");
    int members = voters + observers;
    int seats = members + newcomers;
    ports = FreePorts.take(3 * seats);
    processes = new Process[seats + 1];
    paddocks = new PaddockServer[seats + 1];
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= members; i++) {
      String at = ":%d:%d".formatted(ports.get(3 * i - 3), ports.get(3 * i - 2));
      String role = i > voters ? ":observer" : ":participant";
      String line = String.join("|", hosts.stream().map(host -> host + at + role).toList());
      lines.append("server.%d=%s%n".formatted(i, line));
    }
    Map<String, String> limits = new TreeMap<>(Map.of("initLimit", "20", "syncLimit", "10"));
    limits.putAll(settings);
    limits.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    for (int i = 1; i <= seats; i++) {
      Path dataDir = Files.createDirectories(dataDir(i));
      Files.writeString(dataDir.resolve("myid"), i + "\n");
      Files.writeString(
          config(i),
          """
          dataDir=%s
          clientPort=%d
          clientPortAddress=127.0.0.1
          tickTime=500
          maxSessionTimeout=60000
          admin.enableServer=false
          4lw.commands.whitelist=*
          preAllocSize=1024
          extendedTypesEnabled=true
          %s%s\
          """
              .formatted(
                  dataDir, clientPort(i), lines, i > members ? peerLine(i, "observer") : ""));
    }
  }

  private String peerLine(int i, String role) {
    return "server.%d=%s:%d:%d:%s"
        .formatted(i, LOOPBACK, ports.get(3 * i - 3), ports.get(3 * i - 2), role);
  }

  /** What no zoo.cfg can say. */
  void adaptPaddocks(UnaryOperator<ZooCfg> adapt) {
    paddockConfig = adapt;
  }

  Path dataDir(int i) {
    return folder.resolve("data" + i);
  }

  Path config(int i) {
    return folder.resolve(i + ".cfg");
  }

  /** A server as a reconfiguration names it: {@code server.N=host:port:port:role;host:port}. */
  String line(int i, String role) {
    return peerLine(i, role) + ";" + connectString(i);
  }

  int clientPort(int i) {
    return ports.get(3 * i - 1);
  }

  int quorumPort(int i) {
    return ports.get(3 * i - 3);
  }

  int electionPort(int i) {
    return ports.get(3 * i - 2);
  }

  String connectString(int i) {
    return LOOPBACK + ":" + clientPort(i);
  }

  void start(int i, Kind kind) throws IOException {
    Path config = config(i);
    if (kind == Kind.PADDOCK) {
      try {
        paddocks[i] =
            PaddockServer.start(paddockConfig.apply(ZooCfg.load(config, properties)), () -> {});
      } catch (ConfigException | StartException e) {
        throw new IllegalStateException(e);
      }
      return;
    }
    List<String> flags = new ArrayList<>(List.of("-Xmx256m"));
    properties.forEach((name, value) -> flags.add("-D" + name + "=" + value));
    List<String> command =
        ChildJvm.words(
            flags, "org.apache.zookeeper.server.quorum.QuorumPeerMain", config.toString());
    processes[i] =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(i + ".log").toFile())
            .start();
  }

  /** kill -9 for an Apache, an orderly stop for a Paddock. */
  void stop(int i) throws InterruptedException {
    if (processes[i] != null) {
      processes[i].destroyForcibly().waitFor();
      processes[i] = null;
    }
    if (paddocks[i] != null) {
      paddocks[i].close();
      paddocks[i] = null;
    }
  }

  /** What srvr says a seat is: leader, follower, observer; empty while it does not serve. */
  String mode(int i) {
    try (Socket socket = new Socket(LOOPBACK, clientPort(i))) {
      socket.setSoTimeout(2000);
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> line.startsWith("Mode: "))
          .map(line -> line.substring(6))
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  /** Waits until a seat plays this part. */
  void await(int i, String mode) throws InterruptedException, IOException {
    long start = System.nanoTime();
    String last = "";
    while (System.nanoTime() - start < AWAIT_NANOS) {
      last = mode(i);
      if (last.equals(mode)) {
        return;
      }
      if (processes[i] != null && !processes[i].isAlive()) {
        throw new AssertionError("server " + i + " ended by itself:\n" + log(i));
      }
      Thread.sleep(20);
    }
    throw new AssertionError(
        "server " + i + " is '" + last + "' and not " + mode + " after 60 s\n" + log(i));
  }

  /** Waits until these seats serve, in whatever part, one of them as leader. */
  void awaitServing(int... seats) throws InterruptedException, IOException {
    long start = System.nanoTime();
    List<String> modes = List.of();
    while (System.nanoTime() - start < AWAIT_NANOS) {
      modes = Arrays.stream(seats).mapToObj(this::mode).toList();
      if (modes.contains("leader") && !modes.contains("")) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError(
        Arrays.toString(seats) + " are " + modes + " after 60 s\n" + log(seats[0]));
  }

  /** What an Apache server has logged, the end of it. */
  String log(int i) throws IOException {
    Path log = folder.resolve(i + ".log");
    if (!Files.exists(log)) {
      return "";
    }
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
  }

  @Override
  public void close() throws InterruptedException {
    for (int i = 1; i < processes.length; i++) {
      stop(i);
    }
    ApacheServer.deleteTree(folder);
  }
}
