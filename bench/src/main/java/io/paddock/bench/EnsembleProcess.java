package io.paddock.bench;

import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Three servers of one contestant that form an ensemble, each a process on this machine, with the
 * limits of the sample configuration (tickTime 2000, initLimit 10, syncLimit 5). Not thread-safe.
 */
final class EnsembleProcess implements AutoCloseable {
  static final int SERVERS = 3;

  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int ANSWER_MILLIS = 2_000;
  private static final long LOOK_MILLIS = 10;

  private final List<ServerProcess> servers;
  private final Path folder;

  private EnsembleProcess(List<ServerProcess> servers, Path folder) {
    this.servers = List.copyOf(servers);
    this.folder = folder;
  }

  /** Makes the folders of the servers, which are then to be launched. */
  static EnsembleProcess prepare(ServerKind kind, Settings settings, Path folder, int snapCount)
      throws IOException {
    return prepare(kind, settings, folder, snapCount, List.of());
  }

  /**
   * The same with further settings.
   *
   * @param more further lines of each zoo.cfg
   */
  static EnsembleProcess prepare(
      ServerKind kind, Settings settings, Path folder, int snapCount, List<String> more)
      throws IOException {
    Files.createDirectories(folder);
    List<String> common = new ArrayList<>(List.of("initLimit=10", "syncLimit=5"));
    common.addAll(more);
    for (int id = 1; id <= SERVERS; id++) {
      int quorumPort = FreePorts.one();
      int electionPort = FreePorts.one();
      common.add("server." + id + "=127.0.0.1:" + quorumPort + ":" + electionPort);
    }
    List<ServerProcess> servers = new ArrayList<>();
    for (int id = 1; id <= SERVERS; id++) {
      Path own = folder.resolve("server-" + id);
      servers.add(ServerProcess.prepareMember(kind, settings, own, snapCount, id, common));
    }
    return new EnsembleProcess(servers, folder);
  }

  /** Starts all servers, and waits until each of them serves. */
  void launch() throws IOException {
    for (ServerProcess server : servers) {
      server.launch();
    }
    for (ServerProcess server : servers) {
      server.awaitServing();
    }
  }

  List<ServerProcess> servers() {
    return servers;
  }

  List<Endpoint> endpoints() {
    return servers.stream().map(ServerProcess::endpoint).toList();
  }

  /** All servers but one. */
  List<ServerProcess> others(ServerProcess but) {
    List<ServerProcess> others = new ArrayList<>(servers);
    others.remove(but);
    return others;
  }

  boolean isWhole() {
    return servers.stream().allMatch(ServerProcess::isAlive);
  }

  /** The server that leads, once one does. */
  ServerProcess leader() throws IOException {
    return awaitOne("leader");
  }

  /** A server that follows, once one does. */
  ServerProcess follower() throws IOException {
    return awaitOne("follower");
  }

  private ServerProcess awaitOne(String mode) throws IOException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (System.nanoTime() < deadline) {
      for (ServerProcess server : servers) {
        if (server.isAlive() && mode.equals(mode(server.address()))) {
          return server;
        }
      }
      pause();
    }
    throw new IOException(
        "no "
            + mode
            + " within 60 s; the servers said last: "
            + servers.stream().map(ServerProcess::lastOutput).toList());
  }

  /** What the four-letter word srvr says of a server's role; "none" when it does not answer. */
  private static String mode(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readAllBytes();
      return mode(new String(answer, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return "none";
    }
  }

  /** The role in an answer to srvr. */
  static String mode(String answer) {
    return answer
        .lines()
        .filter(line -> line.startsWith("Mode: "))
        .map(line -> line.substring("Mode: ".length()).strip())
        .findFirst()
        .orElse("none");
  }

  /** Waits until every server has a znode of the numbered family. */
  void awaitEverywhere(String path, int number) throws IOException {
    for (ServerProcess server : servers) {
      awaitOn(server, path, number);
    }
  }

  /** Waits until a server that serves, or is about to, has a znode of the numbered family. */
  static void awaitOn(ServerProcess server, String path, int number) throws IOException {
    Frames get =
        new Frames(
            1,
            i -> RequestFrames.getData(path, false),
            (in, at, length, i) -> Znodes.isGetReply(in, at, length, number));
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (System.nanoTime() < deadline) {
      try (Driver driver = Driver.probe(server.endpoint())) {
        if (driver.counted(get, 1, 1, () -> 0).errors() == 0) {
          return;
        }
      } catch (IOException e) {
        if (!server.isAlive()) {
          throw new IOException("a server ended: " + server.lastOutput(), e);
        }
      }
      pause();
    }
    throw new IOException(path + " did not reach a server in 60 s: " + server.lastOutput());
  }

  /** CPU time that all servers have used, in nanoseconds. */
  long cpuNanos() {
    return servers.stream().mapToLong(ServerProcess::cpuNanos).sum();
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Kills the processes and deletes their folders. */
  @Override
  public void close() throws IOException {
    for (ServerProcess server : servers) {
      server.close();
    }
    Folders.delete(folder);
  }
}
