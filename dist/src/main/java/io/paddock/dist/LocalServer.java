package io.paddock.dist;

import io.paddock.operators.FourLetterClient;
import io.paddock.operators.SrvrAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * One server of a {@link LocalEnsemble}: its files and its process. It ends at the latest with the
 * process that started it. For one thread.
 */
final class LocalServer implements AutoCloseable {
  static final String LOOPBACK = "127.0.0.1";
  private static final int ASK_MS = 1000;
  private static final int STOP_SECONDS = 10;
  private static final String LOGGING = "io/paddock/dist/server.xml";

  private final Launch launch;
  private final int id;
  private final int clientPort;
  private final Path folder;
  private Process process;

  /**
   * @param folder for its configuration, its data and its log; made if it is not there
   * @param config the lines of its zoo.cfg, but for its own data directory
   */
  LocalServer(Launch launch, int id, int clientPort, Path folder, String config) {
    this.launch = launch;
    this.id = id;
    this.clientPort = clientPort;
    this.folder = folder;
    Path data = folder.resolve("data");
    try {
      Files.createDirectories(data);
      Files.writeString(data.resolve("myid"), id + "\n");
      Files.writeString(
          config(), config + "dataDir=" + data.toString().replace("\\", "\\\\") + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + folder + " cannot be written", e);
    }
  }

  int id() {
    return id;
  }

  String name() {
    return "server." + id;
  }

  String connectString() {
    return LOOPBACK + ":" + clientPort;
  }

  Path config() {
    return folder.resolve("zoo.cfg");
  }

  Path log() {
    return folder.resolve("log.txt");
  }

  long processId() {
    return process.pid();
  }

  boolean alive() {
    return process != null && process.isAlive();
  }

  /** Starts the process, unless it runs; it does not serve yet on return. */
  void start() {
    if (alive()) {
      return;
    }
    List<String> words = List.of("server", config().toString());
    try {
      process =
          new ProcessBuilder(launch.command(ChildMain.class, LOGGING, words))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("the process of " + name() + " could not be started", e);
    }
  }

  /** What the server says of itself; nothing in it while it cannot be asked. */
  SrvrAnswer ask() {
    if (alive()) {
      try {
        return SrvrAnswer.of(FourLetterClient.ask(LOOPBACK, clientPort, "srvr", ASK_MS));
      } catch (IOException e) {
        // It is busy starting or ending.
      }
    }
    return new SrvrAnswer("", "", OptionalLong.empty());
  }

  /** Ends the process as {@code kill -9} does: it gets no chance to write anything. */
  void kill() {
    if (process != null) {
      process.destroyForcibly();
      awaitEnd();
    }
  }

  /** Tells the process to end, and waits until it has. */
  void stop() {
    if (process != null) {
      // Not process.destroy(), which also closes the input on whose end the process halts.
      process.toHandle().destroy();
      if (!awaitEnd()) {
        kill();
      }
    }
  }

  private boolean awaitEnd() {
    try {
      return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    stop();
  }
}
