package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tarball holds, run as a person runs it after unpacking. */
class PackedIT {
  @TempDir static Path directory;
  private static Shell shell;

  @BeforeAll
  static void unpack() {
    shell = Shell.inUnpackedTarball(directory);
  }

  @Test
  void theTarballHoldsWhatAZooKeeperUserLooksFor() throws IOException {
    try (Stream<Path> files = Files.walk(shell.home(), 2)) {
      Set<String> names =
          files.map(file -> shell.home().relativize(file).toString()).collect(Collectors.toSet());
      assertThat(names)
          .contains(
              "paddock",
              "LICENSE",
              "bin/zkServer.sh",
              "bin/zkCli.sh",
              "bin/zkEnv.sh",
              "bin/zkCleanup.sh",
              "bin/zkServer-initialize.sh",
              "conf/zoo_sample.cfg",
              "conf/zoo_ensemble.cfg",
              "conf/logback.xml");
    }
  }

  @Test
  void theVersionCommandStartsAndPrintsOneLine() {
    Shell.Result result = shell.run("./paddock", "version");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .startsWith("Paddock ")
        .contains("Apache ZooKeeper, version 3.9.")
        .hasLineCount(1);
  }

  @Test
  void aCommandLoadsNoClassOfTheOthers() throws IOException {
    Path loaded = directory.resolve("loaded-classes");
    shell.with("CLIENT_JVMFLAGS", "-Xlog:class+load:file=" + loaded).run("./paddock", "version");
    assertThat(Files.readString(loaded))
        .contains("io.paddock.dist.VersionCommand")
        .doesNotContain(
            "io.paddock.dist.DemoCommand",
            "io.paddock.dist.ServerCommand",
            "io.paddock.server.",
            "io.paddock.shell.",
            "io.paddock.bench.",
            "org.apache.zookeeper.");
  }

  @Test
  void theFirstCommandHasAClassArchiveMadeBehindIt() throws Exception {
    Path archives = shell.home().resolve("lib/archive");
    shell.with("PADDOCK_CLASS_ARCHIVE", "on").run("./paddock", "version");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    List<String> made = List.of();
    while (made.size() != 1 || made.get(0).endsWith(".making")) {
      assertThat(System.nanoTime()).as("%s", made).isLessThan(deadline);
      Thread.onSpinWait();
      try (Stream<Path> files = Files.list(archives)) {
        made = files.map(file -> file.getFileName().toString()).toList();
      }
    }
    assertThat(made.get(0)).endsWith(".jsa");
    Shell.Result mapped =
        shell
            .with("PADDOCK_CLASS_ARCHIVE", "on")
            .with("CLIENT_JVMFLAGS", "-Xlog:class+load")
            .run("./paddock", "version");
    assertThat(mapped.out()).contains("io.paddock.dist.Paddock source: shared objects file (top)");
  }

  @Test
  void everySubCommandExplainsItself() {
    for (SubCommand command : SubCommand.values()) {
      Shell.Result result = shell.run("./paddock", command.word(), "--help");
      assertThat(result.exitCode()).as("%s: %s", command, result.err()).isZero();
      assertThat(result.out()).as("%s", command).containsIgnoringCase("usage: ");
    }
  }

  @Test
  void aMissingConfigurationIsToldWithTheWayOut() {
    Shell.Result result = shell.run("bin/zkServer.sh", "start");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEqualTo("Starting zookeeper ... FAILED TO START\n");
    assertThat(result.err()).contains("zoo.cfg").contains("zoo_sample.cfg");
  }

  @Test
  void stoppingWhatDoesNotRunIsNoFailure() {
    Shell.Result result = shell.run("bin/zkServer.sh", "stop");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).startsWith("Stopping zookeeper ... no zookeeper to stop");
  }

  @Test
  void anUnknownWordIsAnsweredWithTheUsage() {
    Shell.Result result = shell.run("bin/zkServer.sh", "begin");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("{start|start-foreground|stop|version|restart|status|");
  }

  @Test
  void cleanupKeepsTheNewestCompleteSnapshotsAndTheLogsAfterThem() throws IOException {
    Path files = Files.createDirectories(directory.resolve("cleanup/version-2"));
    byte[] complete = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, '/'};
    for (String zxid : List.of("5", "a", "14", "1e", "100000001")) {
      Files.write(files.resolve("snapshot." + zxid), complete);
    }
    Files.write(files.resolve("snapshot.28"), new byte[] {0, 0, 0});
    for (String zxid : List.of("1", "b", "15", "100000002")) {
      Files.write(files.resolve("log." + zxid), new byte[0]);
    }

    Shell.Result result = shell.run("bin/zkCleanup.sh", files.getParent().toString(), "-n", "3");

    assertThat(result.exitCode()).as(result.err()).isZero();
    try (Stream<Path> left = Files.list(files)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "snapshot.14",
              "snapshot.1e",
              "snapshot.28",
              "snapshot.100000001",
              "log.b",
              "log.15",
              "log.100000002");
    }
  }

  @Test
  void cleanupRefusesToKeepFewerThanThreeSnapshots() {
    assertThat(shell.run("bin/zkCleanup.sh", directory.toString(), "-n", "2").exitCode())
        .isEqualTo(2);
  }

  @Test
  void printCmdShowsTheServersCommandLineWithThePersonsFlagsLast() throws IOException {
    Path config = Files.writeString(directory.resolve("print.cfg"), "dataDir=/nowhere\n");
    Shell.Result result =
        shell
            .with("ZK_SERVER_HEAP", "321")
            .with("SERVER_JVMFLAGS", "-Dmy.flag=1")
            .run("bin/zkServer.sh", "print-cmd", config.toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("-Xmx321m")
        .containsSubsequence("-Xmx321m", "-Dmy.flag=1", "io.paddock.server.QuorumPeerMain")
        .contains(config.toString());
    assertThat(result.err()).isEqualTo("Using config: " + config + "\n");
  }
}
