package io.paddock.tasks;

import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One server or an ensemble, Paddock's or Apache's, as processes of their own, to be killed with
 * kill -9 and started again on the same ports and data. For one thread.
 */
final class ServerProcesses implements TestServer {
  private static final int ANSWER_MS = 5_000;

  private final Kind kind;
  private final Path folder;
  private final List<Integer> ports = new ArrayList<>();
  private final Process[] processes;

  /** Starts so many servers, which are then on their way. */
  ServerProcesses(Kind kind, int count, Path folder) {
    this.kind = kind;
    this.folder = folder;
    this.processes = new Process[count];
    List<String> common = new ArrayList<>();
    if (count > 1) {
      common.addAll(List.of("initLimit=100", "syncLimit=50"));
      for (int i = 0; i < count; i++) {
        common.add("server." + (i + 1) + "=127.0.0.1:" + FreePorts.one() + ":" + FreePorts.one());
      }
    }
    for (int i = 0; i < count; i++) {
      ports.add(FreePorts.one());
      configure(i, common);
      start(i);
    }
  }

  private void configure(int i, List<String> common) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "tickTime=200",
                "dataDir=" + data(i),
                "clientPort=" + ports.get(i),
                "clientPortAddress=127.0.0.1",
                "maxClientCnxns=0",
                "maxSessionTimeout=" + SESSION_MS_MAX,
                "admin.enableServer=false",
                "preAllocSize=1024",
                "4lw.commands.whitelist=srvr"));
    lines.addAll(common);
    try {
      Files.createDirectories(data(i));
      Files.writeString(data(i).resolve("myid"), (i + 1) + "\n");
      Files.write(config(i), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path data(int i) {
    return folder.resolve("server-" + i);
  }

  private Path config(int i) {
    return folder.resolve("zoo-" + i + ".cfg");
  }

  int count() {
    return processes.length;
  }

  /** Starts a server that was killed. */
  void start(int i) {
    String main =
        kind == Kind.PADDOCK
            ? "io.paddock.server.ServerMain"
            : "org.apache.zookeeper.server.quorum.QuorumPeerMain";
    Path log = folder.resolve("server-" + i + ".log");
    processes[i] = JavaProcess.start(log, main, config(i).toString());
  }

  /** kill -9, and waits until the process is gone. */
  void kill(int i) {
    JavaProcess.kill(processes[i]);
  }

  /** The server that says it leads; -1 while none does. */
  int leader() {
    for (int i = 0; i < processes.length; i++) {
      if (processes[i].isAlive() && answer(ports.get(i)).contains("Mode: leader")) {
        return i;
      }
    }
    return -1;
  }

  private static String answer(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MS);
      socket.setSoTimeout(ANSWER_MS);
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether one of them says that it serves writes. */
  boolean serving() {
    return processes.length == 1
        ? answer(ports.get(0)).contains("Mode: standalone")
        : leader() >= 0;
  }

  @Override
  public String connectString() {
    return String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList());
  }

  /** Kills and starts all of them. */
  @Override
  public void restart() {
    for (int i = 0; i < processes.length; i++) {
      kill(i);
      start(i);
    }
  }

  @Override
  public void close() {
    for (Process process : processes) {
      if (process != null) {
        JavaProcess.kill(process);
      }
    }
  }
}
