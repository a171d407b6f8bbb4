package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.server.ServerMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * An ensemble of which every server is a process of its own, Paddock's or Apache's; who sits on a
 * seat may change, its data directory stays. Seats are numbered from 1.
 */
final class EnsembleProcesses implements AutoCloseable {
  private static final String APACHE_MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
  private static final int LOG_LINES = 40;

  private final Links links;
  private final int seats;
  private final Path folder;
  private final Process[] processes;
  private final Kind[] kinds;

  /** Further flags of every JVM. */
  private List<String> flags = List.of();

  /**
   * @param settings further lines of every zoo.cfg
   */
  EnsembleProcesses(Links links, int voters, int observers, List<String> settings)
      throws IOException {
    this.links = links;
    this.seats = voters + observers;
    folder = Files.createTempDirectory("ensemble");
    processes = new Process[seats + 1];
    kinds = new Kind[seats + 1];
    for (int i = 1; i <= seats; i++) {
      nameSeat(i);
      List<String> lines = new ArrayList<>();
      lines.add("dataDir=" + dataDir(i));
      lines.add("admin.enableServer=false");
      lines.add("4lw.commands.whitelist=*");
      lines.add("maxClientCnxns=0");
      lines.add("preAllocSize=256");
      lines.addAll(links.lines(i, voters, seats));
      lines.addAll(settings);
      Files.write(folder.resolve(i + ".cfg"), lines);
    }
  }

  /** Writes its number into its data directory. */
  void nameSeat(int i) throws IOException {
    Files.createDirectories(dataDir(i));
    Files.writeString(dataDir(i).resolve("myid"), i + "\n");
  }

  int seats() {
    return seats;
  }

  Links links() {
    return links;
  }

  Path dataDir(int i) {
    return folder.resolve("data" + i);
  }

  InetSocketAddress client(int i) {
    return links.client(i);
  }

  List<InetSocketAddress> clients() {
    List<InetSocketAddress> clients = new ArrayList<>();
    for (int i = 1; i <= seats; i++) {
      clients.add(client(i));
    }
    return clients;
  }

  /** For a client library: all servers. */
  String connectString() {
    List<String> all = new ArrayList<>();
    all().forEach(i -> all.add(connectString(i)));
    return String.join(",", all);
  }

  String connectString(int i) {
    return client(i).getAddress().getHostAddress() + ":" + client(i).getPort();
  }

  /** From its next start on a server has these settings, in place of those with the same keys. */
  void configure(int i, List<String> settings) throws IOException {
    Path file = folder.resolve(i + ".cfg");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    for (String setting : settings) {
      String key = setting.substring(0, setting.indexOf('=') + 1);
      lines.removeIf(line -> line.startsWith(key));
      lines.add(setting);
    }
    Files.write(file, lines);
  }

  /** Servers that start from now on get these flags of the JVM besides. */
  void flags(List<String> more) {
    flags = List.copyOf(more);
  }

  /** The same kind as before, on the same data. */
  void restart(int i) {
    start(i, kinds[i]);
  }

  void start(int i, Kind kind) {
    kinds[i] = kind;
    List<String> command = new ArrayList<>(links.prefix(i));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Djava.net.preferIPv4Stack=true",
            "-Dlogback.configurationFile=server-process.xml"));
    command.addAll(flags);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            kind == Kind.PADDOCK ? ServerMain.class.getName() : APACHE_MAIN,
            folder.resolve(i + ".cfg").toString()));
    try {
      processes[i] =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log(i).toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive(int i) {
    return processes[i] != null && processes[i].isAlive();
  }

  /** kill -9. */
  void kill(int i) {
    processes[i].destroyForcibly();
    awaitEnd(i);
  }

  /** SIGTERM. */
  void terminate(int i) {
    processes[i].destroy();
    awaitEnd(i);
  }

  /** Waits for a server that ends by itself. */
  void awaitEnd(int i) {
    try {
      boolean ended = processes[i].waitFor(60, TimeUnit.SECONDS);
      assertThat(ended).as("server %d ends\n%s", i, tail(i)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SIGSTOP. */
  void freeze(int i) {
    signal(i, "-STOP");
  }

  /** SIGCONT. */
  void thaw(int i) {
    signal(i, "-CONT");
  }

  private void signal(int i, String signal) {
    try {
      Process kill = new ProcessBuilder("kill", signal, Long.toString(processes[i].pid())).start();
      assertThat(kill.waitFor()).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Everything that a dead server had on its disk is gone, but for its number. */
  void loseData(int i) throws IOException {
    assertThat(isAlive(i)).isFalse();
    ApacheServer.deleteTree(dataDir(i));
    nameSeat(i);
  }

  /** What srvr says a seat is: leader, follower, observer; empty while it does not serve. */
  String mode(int i) {
    if (!isAlive(i)) {
      return "";
    }
    try (Socket socket = new Socket()) {
      socket.connect(client(i), 1000);
      socket.setSoTimeout(1000);
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

  /** The seat that leads; 0 while none says so. */
  int leader() {
    for (int i = 1; i <= seats; i++) {
      if (mode(i).equals("leader")) {
        return i;
      }
    }
    return 0;
  }

  int awaitLeader() {
    await("leader", () -> leader() != 0);
    return leader();
  }

  /** Waits until every server of this list serves clients. */
  void awaitServing(List<Integer> servers) {
    for (int i : servers) {
      await("service of server " + i, () -> !mode(i).isEmpty() || !isAlive(i));
      assertThat(isAlive(i)).as("server %d lives\n%s", i, tail(i)).isTrue();
    }
  }

  void awaitMode(int i, String mode) {
    await("server " + i + " as " + mode, () -> mode(i).equals(mode));
  }

  void await(String what, BooleanSupplier condition) {
    try {
      RecordedLoad.await(what, condition);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + tails(), e);
    }
  }

  List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int i = 1; i <= seats; i++) {
      all.add(i);
    }
    return all;
  }

  private Path log(int i) {
    return folder.resolve(i + ".log");
  }

  /** All that a seat's servers have logged. */
  String logged(int i) {
    try {
      return Files.exists(log(i)) ? Files.readString(log(i)) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String tail(int i) {
    List<String> lines = logged(i).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
  }

  /** The ends of all logs. */
  String tails() {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= seats; i++) {
      text.append("server ").append(i).append(isAlive(i) ? "" : " (ended)").append(":\n");
      text.append(tail(i)).append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    for (int i = 1; i <= seats; i++) {
      if (isAlive(i)) {
        processes[i].destroyForcibly();
        awaitEnd(i);
      }
    }
    links.close();
    ApacheServer.deleteTree(folder);
  }
}
