package io.paddock.tasks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** A port that answers every connection with one line of JSON and closes it. */
final class ReportPort implements AutoCloseable {
  private final ServerSocket server;

  private ReportPort(ServerSocket server) {
    this.server = server;
  }

  /** Listens on the port, or on a free one for 0. */
  static ReportPort open(int port) {
    try {
      return new ReportPort(new ServerSocket(port));
    } catch (IOException e) {
      throw new TasksException(
          ExitCode.FAILED, "port " + port + " cannot be listened on: " + e.getMessage(), e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /** Answers from now on, in a thread of its own. */
  void serve(Supplier<?> report) {
    Thread thread = new Thread(() -> loop(report), "report-port");
    thread.setDaemon(true);
    thread.start();
  }

  private void loop(Supplier<?> report) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        String line = JsonText.text(report.get()) + "\n";
        socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // closed, or a client that went away: the next one is served all the same
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
