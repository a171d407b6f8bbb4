package io.paddock.oracle;

import io.paddock.testlib.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A server in a Java process of its own, for settings that are frozen when classes load and for
 * kill -9. The child prints its port and stays until its input ends.
 */
final class ServerProcess implements ServerUnderTest {

  private final Process process;
  private final Path temporary;
  private final int port;

  static ServerProcess start(String contender, ServerSpec spec, String... jvmOptions) {
    try {
      return new ServerProcess(contender, spec, jvmOptions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerProcess(String contender, ServerSpec spec, String... jvmOptions)
      throws IOException {
    temporary = spec.dataDir() == null ? Files.createTempDirectory(contender) : null;
    Path dir = spec.dataDir() == null ? temporary : spec.dataDir();
    List<String> flags = new ArrayList<>(List.of("-Xmx512m"));
    flags.addAll(List.of(jvmOptions));
    List<String> command = ChildJvm.words(flags, ServerProcess.class.getName(), contender);
    command.add(dir.toString());
    spec.settings().forEach((key, value) -> command.add(key + "=" + value));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    port = readPort();
  }

  private int readPort() throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith("port ")) {
        Thread drain = new Thread(() -> drain(out), "drain of server process");
        drain.setDaemon(true);
        drain.start();
        return Integer.parseInt(line.substring(5));
      }
    }
    throw new IOException("the server process ended before it served");
  }

  private static void drain(BufferedReader out) {
    try {
      while (out.readLine() != null) {
        // The child must not stall on a full pipe.
      }
    } catch (IOException e) {
      // The process was killed: nothing more to read.
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public long heapBytes() {
    return -1;
  }

  /** kill -9. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // Already dead.
    }
    await();
    if (temporary != null) {
      ApacheServer.deleteTree(temporary);
    }
  }

  private void await() {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The child: contender, data directory, then settings as key=value. */
  public static void main(String[] args) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    for (int i = 2; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
    }
    ServerSpec spec = new ServerSpec(Path.of(args[1]), settings);
    ServerUnderTest server =
        args[0].equals("apache")
            ? ApacheServer.inThisProcess(spec)
            : Contender.valueOf(args[0].toUpperCase(Locale.ROOT)).start(spec);
    System.out.println("port " + server.port());
    while (System.in.read() >= 0) {
      // Stay until the parent closes our input.
    }
    server.close();
    System.exit(0);
  }
}
