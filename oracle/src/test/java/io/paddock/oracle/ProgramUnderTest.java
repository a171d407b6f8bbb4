package io.paddock.oracle;

import io.paddock.server.ServerMain;
import io.paddock.testkit.FreePorts;
import io.paddock.testlib.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The server as users run it: a process with a zoo.cfg, on one folder and one port over its lives.
 * What it logs goes to {@code server.log} in that folder.
 */
final class ProgramUnderTest implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(60);

  private final Path folder;
  private final int port;
  private final int heapMib;
  private List<String> prefix = List.of();
  private Process process;

  /**
   * @param folder for zoo.cfg and log
   * @param dataDir of the server
   * @param settings further lines of zoo.cfg
   */
  ProgramUnderTest(Path folder, Path dataDir, List<String> settings) throws IOException {
    this(folder, dataDir, settings, 256);
  }

  /** The same with another heap. */
  ProgramUnderTest(Path folder, Path dataDir, List<String> settings, int heapMib)
      throws IOException {
    this.folder = folder;
    this.heapMib = heapMib;
    this.port = FreePorts.one();
    String base =
        """
        dataDir=%s
        clientPort=%d
        clientPortAddress=127.0.0.1
        admin.enableServer=false
        tickTime=2000
        maxClientCnxns=0
        """
            .formatted(dataDir, port);
    Files.writeString(folder.resolve("zoo.cfg"), base + String.join("\n", settings) + "\n");
  }

  int port() {
    return port;
  }

  /** Words before the command line of the next start, such as a limit's. */
  void prefix(String... words) {
    prefix = List.of(words);
  }

  long pid() {
    return process.pid();
  }

  /** How often its log says this, in all its lives. */
  int said(String words) {
    try {
      return Files.readString(log()).split(Pattern.quote(words), -1).length - 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until its log says this more often than {@code before}. */
  void awaitSaid(String words, int before) {
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (said(words) <= before) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not said: " + words + "\n" + tail());
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** Waits until it ends by itself; its exit code. */
  int awaitEnd() {
    return await();
  }

  /** Starts a process and waits until it takes connections. */
  void start() {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        ChildJvm.words(
            List.of("-Xmx" + heapMib + "m", "-Dlogback.configurationFile=server-process.xml"),
            ServerMain.class.getName(),
            folder.resolve("zoo.cfg").toString()));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new AssertionError("the server does not serve:\n" + tail());
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** The port opens when the data is loaded. */
  private boolean answers() {
    try (RawClient client = new RawClient(port)) {
      return true;
    } catch (UncheckedIOException refused) {
      return false;
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** kill -9. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  /** SIGTERM, and its exit code. */
  int terminate() {
    process.destroy();
    return await();
  }

  /** Waits for its end by itself; its exit code. */
  int await() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the server does not end:\n" + tail());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path log() {
    return folder.resolve("server.log");
  }

  /** The lines of its log that hold these words. */
  List<String> logged(String words) {
    try (Stream<String> lines = Files.lines(log())) {
      return lines.filter(line -> line.contains(words)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last lines of its log. */
  String tail() {
    try {
      List<String> lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    if (isAlive()) {
      kill();
    }
  }
}
