package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server process whose directories and files somebody removes, renames, cuts or exchanges
 * while it serves; then it is killed, and a restart must have all that was acknowledged.
 */
class LostFilesTest {
  private static final String MADE = "lost on disk was made anew";
  private static final String IN_PLACE = "all in their places";
  private static final String NOT_FOUND = "will NOT find";
  private static final int WRITES = 60;

  @TempDir Path dir;

  /** Something a person or a program does to files. */
  private interface Harm {
    void run() throws IOException;
  }

  private Path data() {
    return dir.resolve("data/version-2");
  }

  private Path logs() {
    return dir.resolve("logs/version-2");
  }

  @Test
  void whateverIsDoneToTheFilesNothingAcknowledgedIsLost() throws IOException {
    Map<String, Harm> harms = new LinkedHashMap<>();
    harms.put("version-2 of dataDir removed", () -> remove(data()));
    harms.put("dataDir removed", () -> remove(data().getParent()));
    harms.put("dataLogDir removed", () -> remove(logs().getParent()));
    harms.put("the log removed", () -> Files.delete(log()));
    harms.put("the log renamed", () -> Files.move(log(), logs().resolve("old")));
    harms.put("the log exchanged", () -> exchange(log()));
    harms.put("the log cut", () -> Files.write(log(), new byte[0]));
    harms.put("the snapshots removed", () -> removeAll(data(), "snapshot."));
    harms.put("everything in both removed", this::removeEverything);
    List<String> settings = List.of("dataLogDir=" + dir.resolve("logs"), "preAllocSize=64");
    try (ProgramUnderTest server = program("server", settings)) {
      server.start();
      NumberedWriter writer = new NumberedWriter("/w");
      writer.prepare(server.port());
      for (Map.Entry<String, Harm> harm : harms.entrySet()) {
        write(writer, server);
        int before = server.said(MADE);
        harm.getValue().run();
        boolean ofSnapshots = !Files.exists(data()) || snapshots() == 0;
        if (ofSnapshots) {
          // Nothing that is written shows that they are gone: the next look does.
          server.awaitSaid(MADE, before);
        }
        write(writer, server);
        if (harm.getKey().endsWith("exchanged") || harm.getKey().endsWith("cut")) {
          // The name is still there: the next look at the file itself, 10 ms later, shows it.
          write(writer, server);
          server.awaitSaid(MADE, before);
          write(writer, server);
        }
        assertThat(server.said(MADE)).as(harm.getKey()).isGreaterThan(before);
        server.kill();
        server.start();
        writer.verify(server.port());
      }
      assertThat(server.said(NOT_FOUND)).isZero();
    }
  }

  @Test
  void behindAMountOverTheDirectoryTheServerGoesOnInWhatIsThereNow() throws IOException {
    Path other = Files.createDirectory(dir.resolve("other"));
    try (ProgramUnderTest server = program("server", List.of("preAllocSize=64"))) {
      server.start();
      NumberedWriter writer = new NumberedWriter("/w");
      writer.prepare(server.port());
      write(writer, server);
      bind(other, data());
      try {
        write(writer, server);
        assertThat(server.said(MADE)).isOne();
        server.kill();
        server.start();
        writer.verify(server.port());
        server.kill();
      } finally {
        SmallDisk.run("umount", "-l", data().toString());
      }
    }
  }

  @Test
  void inADirectoryThatWasMadeReadOnlyWritesAreRefusedAndGoOnWhenItIsWritable() throws IOException {
    try (ProgramUnderTest server = program("server", List.of("preAllocSize=64", "snapCount=100"))) {
      server.start();
      NumberedWriter writer = new NumberedWriter("/w");
      writer.prepare(server.port());
      bind(data(), data());
      try {
        Assumptions.assumeTrue(remount("ro"), "remounting needs root");
        writer.write(RawClient.session(server.port()), () -> writer.refusals() >= 100);
        assertThat(server.said("read-only; mount it writable")).isPositive();
        assertThat(remount("rw")).isTrue();
        server.awaitSaid("The disk takes writes again", 0);
        write(writer, server);
        server.kill();
        server.start();
        writer.verify(server.port());
        server.kill();
      } finally {
        SmallDisk.run("umount", "-l", data().toString());
      }
    }
  }

  @Test
  void anotherServersFilesAreNotMixedWithAndTheEndIsToldTruly() throws IOException {
    try (ProgramUnderTest server = program("server", List.of());
        ProgramUnderTest other = program("other", List.of("dataDir=" + dir.resolve("theirs")))) {
      other.start();
      new NumberedWriter("/theirs").prepare(other.port());
      other.terminate();
      List<String> theirs = names(dir.resolve("theirs/version-2"));
      server.start();
      new NumberedWriter("/w").prepare(server.port());
      signal(server, "-STOP");
      Files.move(data(), dir.resolve("away"));
      Files.move(dir.resolve("theirs/version-2"), data());
      signal(server, "-CONT");
      assertThat(server.awaitEnd()).isPositive();
      assertThat(server.said("exchanged under the running server")).isPositive();
      assertThat(server.said(NOT_FOUND)).isPositive();
      assertThat(server.said(IN_PLACE)).isZero();
      assertThat(names(data())).isEqualTo(theirs);
    }
  }

  @Test
  void whenAnotherServerHasTakenTheDirectoryThisOneStopsAndSaysSo() throws IOException {
    try (ProgramUnderTest server = program("server", List.of());
        ProgramUnderTest other = program("other", List.of())) {
      server.start();
      new NumberedWriter("/w").prepare(server.port());
      signal(server, "-STOP");
      remove(data());
      other.start();
      signal(server, "-CONT");
      assertThat(server.awaitEnd()).isPositive();
      assertThat(server.said("in use by another Paddock server")).isPositive();
      assertThat(server.said(NOT_FOUND)).isPositive();
      assertThat(server.said(IN_PLACE)).isZero();
      NumberedWriter writer = new NumberedWriter("/o");
      writer.prepare(other.port());
      write(writer, other);
      other.kill();
      other.start();
      writer.verify(other.port());
    }
  }

  private ProgramUnderTest program(String name, List<String> settings) throws IOException {
    List<String> lines = new ArrayList<>(settings);
    Path folder = Files.createDirectories(dir.resolve(name));
    Path dataDir = dir.resolve("data");
    for (String line : settings) {
      if (line.startsWith("dataDir=")) {
        dataDir = Path.of(line.substring(8));
        lines.remove(line);
      }
    }
    return new ProgramUnderTest(folder, dataDir, lines);
  }

  private static void write(NumberedWriter writer, ProgramUnderTest server) {
    int before = writer.acknowledged();
    writer.write(RawClient.session(server.port()), () -> writer.acknowledged() >= before + WRITES);
    assertThat(writer.acknowledged()).isGreaterThanOrEqualTo(before + WRITES);
  }

  private static void bind(Path from, Path over) {
    boolean bound = SmallDisk.run("mount", "--bind", from.toString(), over.toString());
    Assumptions.assumeTrue(bound, "a bind mount needs root");
  }

  private boolean remount(String how) {
    return SmallDisk.run("mount", "-o", "remount,bind," + how, data().toString());
  }

  /** The newest log file. */
  private Path log() throws IOException {
    return names(logs()).stream()
        .filter(name -> name.startsWith("log."))
        .max(Comparator.comparing(name -> Long.parseLong(name.substring(4), 16)))
        .map(logs()::resolve)
        .orElseThrow();
  }

  private long snapshots() throws IOException {
    return names(data()).stream().filter(name -> name.startsWith("snapshot.")).count();
  }

  private static void exchange(Path file) throws IOException {
    Path copy = file.resolveSibling("copy");
    Files.copy(file, copy);
    Files.delete(file);
    Files.move(copy, file);
  }

  private void removeEverything() throws IOException {
    removeAll(logs(), "");
    removeAll(data(), "");
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void removeAll(Path directory, String prefix) throws IOException {
    for (String name : names(directory)) {
      if (name.startsWith(prefix)) {
        Files.delete(directory.resolve(name));
      }
    }
  }

  private static void signal(ProgramUnderTest server, String which) {
    assertThat(SmallDisk.run("kill", which, Long.toString(server.pid()))).isTrue();
  }

  /** At once, as the server may make it anew while its files go one by one. */
  private void remove(Path directory) throws IOException {
    Path removed = Files.move(directory, dir.resolve("removed" + System.nanoTime()));
    try (Stream<Path> paths = Files.walk(removed)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
