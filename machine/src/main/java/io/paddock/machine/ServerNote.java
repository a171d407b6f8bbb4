package io.paddock.machine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a server writes into the lock file of its data directory, for the scripts: who it is and,
 * once it serves or waits for its peers, where clients connect. Lines of {@code key=value}:
 *
 * <pre>
 * process=4711           its process id
 * born=98120 6f2a...     when that process began: the kernel's clock ticks since the boot, and which boot
 * client=127.0.0.1:2181  where clients connect, as bound; only when the port is open
 * tls=true               they must speak TLS there; only when there is no other port
 * </pre>
 *
 * A process id alone names whoever has it now; with its birth it names one process. A server that
 * stops empties the file; of one that was killed the note stays, and names nobody that lives.
 *
 * @param process the process id
 * @param born when it began; empty where the system does not tell
 * @param client where clients connect as {@code host:port}; empty when the port is not open
 * @param tls whether they must speak TLS there
 */
public record ServerNote(long process, String born, String client, boolean tls) {
  /** Field 22 of /proc/N/stat, counted behind the name in parentheses, which is the second. */
  private static final int START_TIME = 19;

  /** This process, which serves nobody yet. */
  public static ServerNote ofThisProcess() {
    long process = ProcessHandle.current().pid();
    return new ServerNote(process, born(process), "", false);
  }

  /** The same, serving on an address; the wildcard address is told as localhost. */
  public ServerNote serving(InetSocketAddress address, boolean byTls) {
    boolean any = address.isUnresolved() || address.getAddress().isAnyLocalAddress();
    String host = any ? "localhost" : address.getAddress().getHostAddress();
    return new ServerNote(process, born, host + ":" + address.getPort(), byTls);
  }

  public String text() {
    String first = "process=" + process + "\nborn=" + born + "\n";
    return client.isEmpty() ? first : first + "client=" + client + "\n" + (tls ? "tls=true\n" : "");
  }

  /** The note in a lock file, if its writer still lives. */
  public static Optional<ServerNote> ofLiving(Path lockFile) {
    Map<String, String> lines = new HashMap<>();
    try {
      for (String line : Files.readString(lockFile, StandardCharsets.ISO_8859_1).split("\n")) {
        int equals = line.indexOf('=');
        lines.put(line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
      }
      ServerNote note =
          new ServerNote(
              Long.parseLong(lines.getOrDefault("process", "0")),
              lines.getOrDefault("born", ""),
              lines.getOrDefault("client", ""),
              Boolean.parseBoolean(lines.get("tls")));
      boolean lives = note.process > 0 && ProcessHandle.of(note.process).isPresent();
      return lives && note.born.equals(born(note.process)) ? Optional.of(note) : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String born(long process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return fields[START_TIME]
          + " "
          + Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException | IndexOutOfBoundsException e) {
      return ProcessHandle.of(process)
          .flatMap(handle -> handle.info().startInstant())
          .map(Object::toString)
          .orElse("");
    }
  }
}
