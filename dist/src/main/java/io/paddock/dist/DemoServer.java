package io.paddock.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The demo's side of its server process: starts it, kills it without warning, starts it again. */
final class DemoServer implements AutoCloseable {
  private final Launch launch;
  private final Path data;
  private int port;
  private Process process;
  private String connectString;

  private DemoServer(Launch launch, Path data) {
    this.launch = launch;
    this.data = data;
  }

  /** Starts a server on a free port with the data directory {@code data}; it serves on return. */
  static DemoServer start(Launch launch, Path data) {
    DemoServer server = new DemoServer(launch, data);
    server.startAgain();
    return server;
  }

  /** Starts the server on the port it had before, which is where clients look for it. */
  void startAgain() {
    List<String> command =
        launch.command(DemoServerMain.class, List.of(Integer.toString(port), data.toString()));
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      BufferedReader says = process.inputReader(StandardCharsets.UTF_8);
      connectString = says.readLine();
    } catch (IOException e) {
      throw new DemoException("the server process could not be started", e);
    }
    if (connectString == null) {
      close();
      throw new DemoException("the server process ended before it served (its words stand above)");
    }
    port = Integer.parseInt(connectString.substring(connectString.lastIndexOf(':') + 1));
  }

  /** Host and port, as ZooKeeper clients take them. */
  String connectString() {
    return connectString;
  }

  long processId() {
    return process.pid();
  }

  /** Ends the process as {@code kill -9} does: it gets no chance to write anything. */
  void kill() {
    DemoRole.kill(process, "the server");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
