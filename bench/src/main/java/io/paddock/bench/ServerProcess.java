package io.paddock.bench;

import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One server under test, as a process of its own with its own data folder. It can be killed and
 * started again on the same data and port. Not thread-safe.
 */
final class ServerProcess implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ServerKind kind;
  private final Settings settings;
  private final Path folder;
  private final List<String> extraFlags;
  private final Endpoint endpoint;
  private volatile Process process;

  private ServerProcess(
      ServerKind kind, Settings settings, Path folder, List<String> extraFlags, int port)
      throws IOException {
    this.kind = kind;
    this.settings = settings;
    this.folder = folder;
    this.extraFlags = extraFlags;
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.endpoint =
        new Endpoint(
            address, settings.stores().isPresent() ? settings.stores().get().client() : null);
  }

  /**
   * Makes the folder of a server that is then to be launched.
   *
   * @param folder a new folder for configuration, data and output
   * @param extraFlags further JVM flags
   */
  static ServerProcess prepare(
      ServerKind kind, Settings settings, Path folder, int snapCount, List<String> extraFlags)
      throws IOException {
    int port = FreePorts.one();
    return prepare(
        kind, settings, folder, configuration(settings, folder, port, snapCount), extraFlags, port);
  }

  private static ServerProcess prepare(
      ServerKind kind,
      Settings settings,
      Path folder,
      List<String> configuration,
      List<String> extraFlags,
      int port)
      throws IOException {
    Files.createDirectories(folder.resolve("data"));
    Files.write(folder.resolve("zoo.cfg"), configuration);
    Files.write(folder.resolve("logback.xml"), logging(kind));
    return new ServerProcess(kind, settings, folder, extraFlags, port);
  }

  /**
   * Makes the folder of a server of an ensemble.
   *
   * @param id its number in the ensemble, from 1
   * @param ensemble further lines, which take the place of the usual ones with the same keys
   */
  static ServerProcess prepareMember(
      ServerKind kind, Settings settings, Path folder, int snapCount, int id, List<String> ensemble)
      throws IOException {
    int port = FreePorts.one();
    List<String> lines = new ArrayList<>(configuration(settings, folder, port, snapCount));
    lines.removeIf(line -> ensemble.stream().anyMatch(other -> key(other).equals(key(line))));
    lines.addAll(ensemble);
    ServerProcess server = prepare(kind, settings, folder, lines, List.of(), port);
    Files.writeString(folder.resolve("data").resolve("myid"), Integer.toString(id));
    return server;
  }

  private static String key(String line) {
    return line.substring(0, line.indexOf('=') + 1);
  }

  /** Starts the process on the data it has; returns at once. */
  void launch() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(settings.java().toString());
    command.add("-Xms" + settings.heap());
    command.add("-Xmx" + settings.heap());
    command.addAll(settings.jvmFlags());
    command.addAll(extraFlags);
    command.addAll(kind.properties());
    command.add("-Dlogback.configurationFile=" + folder.resolve("logback.xml"));
    command.add("-cp");
    command.add(settings.classPath());
    command.add(settings.mainClasses().get(kind));
    command.add(folder.resolve("zoo.cfg").toString());
    process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
            .start();
  }

  /** Waits until a session can be opened. */
  void awaitServing() throws IOException {
    long deadline = System.nanoTime() + START_NANOS;
    while (System.nanoTime() < deadline) {
      if (!process.isAlive()) {
        throw new IOException(kind.label() + " ended at once: " + lastOutput());
      }
      try {
        Driver.probe(endpoint).close();
        return;
      } catch (IOException e) {
        pause();
      }
    }
    throw new IOException(kind.label() + " did not serve within 60 s: " + lastOutput());
  }

  InetSocketAddress address() {
    return endpoint.address();
  }

  Endpoint endpoint() {
    return endpoint;
  }

  ServerKind kind() {
    return kind;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** CPU time the process has used, in nanoseconds; -1 when it is gone. */
  long cpuNanos() {
    try {
      return ProcStat.cpuNanos(pid());
    } catch (IOException e) {
      return -1;
    }
  }

  /** The folder with snapshots and transaction logs. */
  Path dataFolder() {
    return folder.resolve("data").resolve("version-2");
  }

  /** Asks the process to end, as {@code zkServer.sh stop} does; returns at once. */
  void terminate() {
    process.destroy();
  }

  /** kill -9, and waits until the process is gone. */
  void kill() {
    if (process == null) {
      return;
    }
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The end of what the server printed, on one line. */
  String lastOutput() {
    try {
      String text = Files.readString(output());
      return text.substring(Math.max(0, text.length() - 1500)).replace('\n', '|');
    } catch (IOException e) {
      return "(no output)";
    }
  }

  /** Kills the process and deletes its folder. */
  @Override
  public void close() throws IOException {
    kill();
    Folders.delete(folder);
  }

  private Path output() {
    return folder.resolve("output.txt");
  }

  private static List<String> configuration(
      Settings settings, Path folder, int port, int snapCount) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "tickTime=2000",
                "dataDir=" + folder.resolve("data"),
                "maxClientCnxns=0",
                "maxSessionTimeout=3600000",
                "admin.enableServer=false",
                "4lw.commands.whitelist=*",
                "forceSync=yes",
                "snapCount=" + snapCount));
    lines.addAll(
        settings
            .stores()
            .map(stores -> stores.lines(port))
            .orElse(List.of("clientPort=" + port, "clientPortAddress=127.0.0.1")));
    return lines;
  }

  /**
   * Apache's server writes its audit log only where logback is told to; Paddock needs no telling.
   */
  private static List<String> logging(ServerKind kind) {
    List<String> lines = new ArrayList<>(logging());
    if (kind.isApache()) {
      lines.addAll(
          1,
          List.of(
              "  <appender name=\"AUDIT\" class=\"ch.qos.logback.core.FileAppender\">",
              "    <file>zookeeper_audit.log</file>",
              "    <encoder><pattern>%d %p %c{2}: %m%n</pattern></encoder>",
              "  </appender>",
              "  <logger name=\"org.apache.zookeeper.audit.Slf4jAuditLogger\" level=\"INFO\""
                  + " additivity=\"false\"><appender-ref ref=\"AUDIT\"/></logger>"));
    }
    return lines;
  }

  static List<String> logging() {
    return List.of(
        "<configuration>",
        "  <appender name=\"OUT\" class=\"ch.qos.logback.core.ConsoleAppender\">",
        "    <encoder><pattern>%d %-5level %logger{0} %msg%n</pattern></encoder>",
        "  </appender>",
        "  <root level=\"WARN\"><appender-ref ref=\"OUT\"/></root>",
        "</configuration>");
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
