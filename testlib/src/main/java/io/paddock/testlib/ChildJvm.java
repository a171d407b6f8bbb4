package io.paddock.testlib;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How tests start a JVM of their own with this one's class path, so that it costs little: without
 * the optimizing compiler, and with the classes of both kinds of servers from an archive in the
 * module's {@code target}, which halves the work of a start. The first process that asks makes the
 * archive; whoever asks meanwhile goes without. Where the modules are directories and not jars
 * ({@code mvn test}) there is none. Any thread may ask.
 */
public final class ChildJvm {
  private static final Path ARCHIVE = Path.of("target", "child-jvm.jsa").toAbsolutePath();
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final List<String> FLAGS =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Djava.net.preferIPv4Stack=true",
          "-Xlog:cds=off",
          "-Xlog:cds+dynamic=off",
          "-Xlog:class+path=off");

  /** The servers whose classes the archive is to hold, as far as they are on the class path. */
  private static final List<String> SERVERS =
      List.of("io.paddock.server.ServerMain", "org.apache.zookeeper.server.quorum.QuorumPeerMain");

  private static final long TRAINING_SECONDS = 60;
  private static final AtomicBoolean TRIED = new AtomicBoolean();

  private ChildJvm() {}

  /**
   * The words of a command.
   *
   * @param flags of the JVM, besides those that all have
   * @param main its main class and arguments
   */
  public static List<String> words(List<String> flags, String... main) {
    List<String> words = new ArrayList<>();
    words.add(JAVA);
    words.addAll(FLAGS);
    if (hasArchive()) {
      words.addAll(List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + ARCHIVE));
    }
    List<String> directories = entries().filter(entry -> !entry.endsWith(".jar")).toList();
    // This module's, also where a jar has one.
    directories.stream()
        .map(directory -> Path.of(directory, "logback-test.xml"))
        .filter(Files::exists)
        .findFirst()
        .ifPresent(file -> words.add("-Dlogback.configurationFile=" + file));
    words.addAll(flags);
    // An archive is good for a class path that begins as the one that it was made with.
    String path =
        Stream.concat(jars().stream(), directories.stream())
            .collect(Collectors.joining(File.pathSeparator));
    words.addAll(List.of("-cp", path));
    words.addAll(List.of(main));
    return words;
  }

  private static Stream<String> entries() {
    // Surefire may have put the class path into a jar's manifest; then this names it.
    String full = System.getProperty("surefire.test.class.path");
    String path = full == null ? System.getProperty("java.class.path") : full;
    return Stream.of(path.split(File.pathSeparator)).filter(entry -> !entry.isEmpty());
  }

  private static List<String> jars() {
    return entries().filter(entry -> entry.endsWith(".jar")).toList();
  }

  private static boolean hasArchive() {
    try {
      if (!isFresh() && !TRIED.getAndSet(true) && Files.isDirectory(ARCHIVE.getParent())) {
        train();
      }
      return isFresh();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isFresh() {
    long made = ARCHIVE.toFile().lastModified();
    return made > 0 && jars().stream().allMatch(jar -> new File(jar).lastModified() < made);
  }

  private static void train() throws IOException {
    Path lock = ARCHIVE.resolveSibling("child-jvm.lock");
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (channel.tryLock() == null || isFresh()) {
        return;
      }
      Path made = ARCHIVE.resolveSibling("child-jvm.made");
      List<String> words = new ArrayList<>(List.of(JAVA));
      words.addAll(FLAGS);
      words.addAll(List.of("-Xmx256m", "-XX:ArchiveClassesAtExit=" + made, "-cp"));
      words.addAll(List.of(String.join(File.pathSeparator, jars()), ChildJvm.class.getName()));
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ARCHIVE.resolveSibling("child-jvm.log").toFile())
              .start();
      if (process.waitFor(2 * TRAINING_SECONDS, TimeUnit.SECONDS)
          && process.exitValue() == 0
          && Files.exists(made)) {
        Files.move(made, ARCHIVE, StandardCopyOption.ATOMIC_MOVE);
      }
      process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts a server of each kind as an ensemble of one, and ends when they serve. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("child-jvm");
    List<Integer> ports = new ArrayList<>();
    for (String server : SERVERS) {
      try {
        var main = Class.forName(server).getMethod("main", String[].class);
        int port = LowPorts.free();
        String[] config = {config(directory.resolve(server), port).toString()};
        Thread thread =
            new Thread(
                () -> {
                  try {
                    main.invoke(null, (Object) config);
                  } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                  }
                });
        thread.setDaemon(true);
        thread.start();
        ports.add(port);
      } catch (ClassNotFoundException e) {
        System.out.println("not there: " + server);
      }
    }
    long start = System.nanoTime();
    while (!ports.stream().allMatch(ChildJvm::serves)) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(TRAINING_SECONDS)) {
        Runtime.getRuntime().halt(1);
      }
      LockSupport.parkNanos(20_000_000);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.map(Path::toFile).forEach(File::deleteOnExit);
    }
    System.exit(ports.isEmpty() ? 1 : 0);
  }

  private static Path config(Path directory, int port) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("myid"), "1\n");
    return Files.writeString(
        directory.resolve("zoo.cfg"),
        """
        dataDir=%s
        clientPort=%d
        clientPortAddress=127.0.0.1
        admin.enableServer=false
        4lw.commands.whitelist=*
        standaloneEnabled=false
        initLimit=10
        syncLimit=5
        server.1=127.0.0.1:%d:%d
        """
            .formatted(directory, port, LowPorts.free(), LowPorts.free()));
  }

  private static boolean serves(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(1000);
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .contains("Mode: ");
    } catch (IOException e) {
      return false;
    }
  }
}
