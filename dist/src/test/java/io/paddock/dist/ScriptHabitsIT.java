package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people do with the scripts beside the straight way, as tutorials and monitoring do it. The
 * distribution stands in a directory whose name has a blank.
 */
@Timeout(300)
class ScriptHabitsIT {
  @TempDir static Path directory;
  private static Shell shell;

  private final Path place = directory.resolve("s" + System.nanoTime());
  private final Path data = place.resolve("data");
  private final Path config = place.resolve("zoo.cfg");
  private final List<Process> others = new ArrayList<>();
  private int port;

  @BeforeAll
  static void unpack() throws IOException {
    shell =
        Shell.inUnpackedTarball(Files.createDirectories(directory.resolve("a blank")))
            .withClassArchive();
  }

  @BeforeEach
  void writeConfiguration() throws IOException {
    Files.createDirectories(data);
    port = FreePorts.one();
    Files.writeString(config, "dataDir=" + data + "\n" + lines());
  }

  private String lines() {
    return "clientPort=" + port + "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n";
  }

  @AfterEach
  void endWhatStillRuns() throws IOException {
    others.forEach(Process::destroyForcibly);
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.filter(f -> f.endsWith("zookeeper_server.pid")).toList()) {
        String pid = Files.readString(file).strip();
        if (pid.matches("[1-9][0-9]*")) {
          long number = Long.parseLong(pid);
          if (String.join(" ", CommandLine.of(number)).contains(place.toString())) {
            ProcessHandle.of(number).ifPresent(ProcessHandle::destroyForcibly);
          }
        }
      }
    }
  }

  private Path pidFile() {
    return data.resolve("zookeeper_server.pid");
  }

  private Shell.Result server(String word) {
    return shell.run("bin/zkServer.sh", word, config.toString());
  }

  private void started(Shell.Result result) {
    assertThat(result.out()).as(result.err()).isEqualTo("Starting zookeeper ... STARTED\n");
    assertThat(result.exitCode()).isZero();
  }

  private void stopped(Shell.Result result) {
    assertThat(result.out()).as(result.err()).isEqualTo("Stopping zookeeper ... STOPPED\n");
    assertThat(result.exitCode()).isZero();
  }

  private Process foreignProcess() throws IOException {
    Process foreign = new ProcessBuilder("sleep", "300").start();
    others.add(foreign);
    return foreign;
  }

  @Test
  void threeServersOnOneMachineStartAsTutorialsHaveThem() throws IOException {
    ServerSocket adminServersPort = takeAdminServersPort();
    try {
      Path conf = Files.createDirectories(place.resolve("conf"));
      StringBuilder servers = new StringBuilder();
      for (int i = 1; i <= 3; i++) {
        servers.append(
            "server.%d=127.0.0.1:%d:%d%n".formatted(i, FreePorts.one(), FreePorts.one()));
      }
      for (int i = 1; i <= 3; i++) {
        Path own = Files.createDirectories(place.resolve("data" + i));
        Files.writeString(own.resolve("myid"), i + "\n");
        Files.writeString(
            conf.resolve("zoo" + i + ".cfg"),
            "# 数据\ntickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=%s\nclientPort=%d\n%s"
                .formatted(own, FreePorts.one(), servers));
      }
      Shell logs = shell.with("ZOO_LOG_DIR", place.resolve("logs").toString());
      for (int i = 1; i <= 3; i++) {
        started(
            logs.run(
                "sh", "bin/zkServer.sh", "--config", conf.toString(), "start", "zoo" + i + ".cfg"));
      }
      List<String> modes = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        modes.add(awaitMode(conf.resolve("zoo" + i + ".cfg")));
      }
      assertThat(modes).containsExactlyInAnyOrder("leader", "follower", "follower");
      List<String> said = new ArrayList<>();
      try (Stream<Path> files = Files.list(place.resolve("logs"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".out")).toList()) {
          said.add(Files.readString(file));
        }
      }
      assertThat(said)
          .hasSize(3)
          .allSatisfy(
              text ->
                  assertThat(text)
                      .containsOnlyOnce("Serving clients on")
                      .contains("runs without AdminServer", "choose another admin.serverPort"));
      for (int i = 1; i <= 3; i++) {
        stopped(shell.run("bin/zkServer.sh", "stop", conf.resolve("zoo" + i + ".cfg").toString()));
      }
    } finally {
      adminServersPort.close();
    }
  }

  /** Whoever has it already does as well. */
  private static ServerSocket takeAdminServersPort() throws IOException {
    try {
      return new ServerSocket(8080);
    } catch (IOException e) {
      return new ServerSocket(0);
    }
  }

  private String awaitMode(Path zooCfg) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Shell.Result status = shell.run("bin/zkServer.sh", "status", zooCfg.toString());
    while (status.exitCode() != 0 && System.nanoTime() < deadline) {
      status = shell.run("bin/zkServer.sh", "status", zooCfg.toString());
    }
    assertThat(status.exitCode()).as(status.out() + status.err()).isZero();
    return status.out().replaceAll("(?s).*Mode: (\\S+)\n", "$1");
  }

  @Test
  void aForeignProcessInThePidFileIsLeftAlone() throws IOException {
    Process foreign = foreignProcess();
    Files.writeString(pidFile(), foreign.pid() + "\n");

    Shell.Result stop = server("stop");
    assertThat(stop.exitCode()).isZero();
    assertThat(stop.out())
        .isEqualTo(
            "Stopping zookeeper ... no zookeeper to stop (process %d of %s is no server of this configuration)\n"
                .formatted(foreign.pid(), pidFile()));
    assertThat(foreign.isAlive()).isTrue();

    started(server("start"));
    assertThat(pidFile()).content().isNotEqualTo(foreign.pid() + "\n");
    stopped(server("restart"), "Starting zookeeper ... STARTED\n");
    stopped(server("stop"));
    assertThat(foreign.isAlive()).isTrue();
  }

  private void stopped(Shell.Result result, String then) {
    assertThat(result.out()).as(result.err()).isEqualTo("Stopping zookeeper ... STOPPED\n" + then);
  }

  @Test
  void aNumberThatTheNoteOfAnEarlierServerNamesIsNobodysEither() throws IOException {
    Process foreign = foreignProcess();
    Files.writeString(pidFile(), foreign.pid() + "\n");
    Path lock = Files.createDirectories(data.resolve("version-2")).resolve("paddock.lock");
    Files.writeString(
        lock, "process=" + foreign.pid() + "\nborn=1 of-another-boot\nclient=127.0.0.1:1\n");
    server("stop");
    assertThat(foreign.isAlive()).isTrue();
    started(server("start"));
    stopped(server("stop"));
  }

  @Test
  void garbageInThePidFileIsNoProcess() throws IOException {
    for (String garbage : List.of("-1\n", "0\n", "\n", "1 2\n", "zookeeper\n")) {
      Files.writeString(pidFile(), garbage);
      Shell.Result stop = server("stop");
      assertThat(stop.exitCode()).isZero();
      assertThat(stop.out()).as(garbage).contains("no zookeeper to stop");
    }
  }

  @Test
  void aServerThatServesTheDirectoryIsKnownWithoutAPidFile() throws Exception {
    Process foreground = shell.start("bin/zkServer.sh", "start-foreground", config.toString());
    others.add(foreground);
    assertThat(awaitMode(config)).isEqualTo("standalone");
    Shell.Result start = server("start");
    assertThat(start.exitCode()).isEqualTo(1);
    assertThat(start.out())
        .isEqualTo("Starting zookeeper ... already running as process " + foreground.pid() + ".\n");
    Shell.Result stop = server("stop");
    assertThat(stop.out()).contains("no zookeeper to stop (could not find file");
    assertThat(stop.err())
        .contains("process " + foreground.pid() + " serves " + data)
        .contains("or kill " + foreground.pid());
    assertThat(foreground.isAlive()).isTrue();
  }

  /** The server makes its directory anew, and the note in it; the number was the script's. */
  @Test
  void aServerWhoseWholeDataDirWasLostIsStopped() throws Exception {
    started(server("start"));
    long pid = Long.parseLong(Files.readString(pidFile()).strip());
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    try {
      assertThat(shell.run("rm", "-rf", data.toString()).exitCode()).isZero();
      Path note = data.resolve("version-2/paddock.lock");
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!holds(note, "client=") && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertThat(pidFile()).doesNotExist();
      assertThat(server("start").out()).contains("already running as process " + pid);
      stopped(server("stop"));
      assertThat(server("status").exitCode()).isEqualTo(1);
      assertThat(server("stop").out()).contains("no zookeeper to stop");
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aRefusalIsSaidOnceInTheForeground() throws IOException {
    Files.writeString(config, "dataDri=" + data + "\n" + lines());
    Shell.Result result = server("start-foreground");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat((result.out() + result.err()).split("dataDir is missing", -1)).hasSize(2);
    assertThat(result.err()).contains("dataDir is missing").contains("Invalid config");
  }

  @Test
  void ofStartsAtOnceOneStartsAndItsServerCanBeStopped() throws Exception {
    List<Process> starts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      starts.add(shell.start("bin/zkServer.sh", "start", config.toString()));
    }
    others.addAll(starts);
    List<Integer> exitCodes = new ArrayList<>();
    for (Process start : starts) {
      exitCodes.add(start.waitFor());
    }
    assertThat(exitCodes).containsExactlyInAnyOrder(0, 1, 1);
    assertThat(server("status").out()).endsWith("Mode: standalone\n");
    stopped(server("stop"));
  }

  @Test
  void aDataDirThatIsNoDirectoryIsNamedWithItsCause() throws IOException {
    Path file = Files.writeString(place.resolve("file"), "");
    Files.writeString(config, "dataDir=" + file + "\n" + lines());
    Shell.Result start = server("start");
    assertThat(start.exitCode()).isEqualTo(1);
    assertThat(start.out()).isEqualTo("Starting zookeeper ... FAILED TO WRITE PID\n");
    assertThat(start.err())
        .contains("cannot write " + file + "/zookeeper_server.pid: Not a directory");
  }

  @Test
  void statusReadsWhatTheServerReads() throws IOException {
    Files.write(data.resolve("myid"), " 1 \r\n".getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        config,
        "\ufeffdataDir=%s\r\nserver.1=localhost:%d:%d;127.0.0.1:%d\r\nadmin.enableServer=false\r\n"
            .formatted(data, FreePorts.one(), FreePorts.one(), port));
    started(server("start"));
    Shell.Result status = server("status");
    assertThat(status.exitCode()).as(status.err()).isZero();
    assertThat(status.out())
        .isEqualTo(
            "Client port found: %d. Client address: 127.0.0.1. Client SSL: false.%nMode: standalone%n"
                .formatted(port));
    stopped(server("stop"));
  }

  @Test
  void statusFindsAPortThatTheServerChoseItself() throws IOException {
    Files.writeString(config, Files.readString(config).replace("=" + port + "\n", "=0\n"));
    started(server("start"));
    assertThat(server("status").out()).endsWith("Mode: standalone\n");
    stopped(server("stop"));
  }

  @Test
  void whatStartSaysDoesNotDependOnTheLog() throws IOException {
    Path conf = Files.createDirectories(place.resolve("quiet"));
    Files.writeString(
        conf.resolve("logback.xml"), "<configuration><root level=\"OFF\"/></configuration>");
    Files.copy(config, conf.resolve("zoo.cfg"));
    started(shell.run("bin/zkServer.sh", "--config", conf.toString(), "start"));
    stopped(shell.run("bin/zkServer.sh", "--config", conf.toString(), "stop"));
  }

  @Test
  void aServerThatEndsWhenItsPortsAreOpenedIsNotSaidToHaveStarted() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.writeString(
          config,
          Files.readString(config)
              .replace(
                  "admin.enableServer=false",
                  "admin.serverAddress=127.0.0.1\nadmin.serverPort=" + taken.getLocalPort()));
      Shell.Result start = server("start");
      assertThat(start.exitCode()).isEqualTo(1);
      assertThat(start.out()).isEqualTo("Starting zookeeper ... SERVER DID NOT START\n");
      assertThat(start.err()).containsOnlyOnce("choose another admin.serverPort");
      assertThat(pidFile()).doesNotExist();
    }
  }

  @Test
  void theScriptsAreFoundByLinksAndThePathAndARelativeDirectoryIsThatOfTheCaller()
      throws IOException {
    Path links = Files.createDirectories(place.resolve("links"));
    Files.createSymbolicLink(links.resolve("zkServer.sh"), shell.home().resolve("bin/zkServer.sh"));
    Files.createSymbolicLink(place.resolve("installed"), shell.home());
    Files.writeString(config, "dataDir=data\n" + lines());
    String here = "cd '" + place + "' && PATH='" + links + "':\"$PATH\" && ";
    started(shell.run("bash", "-c", here + "zkServer.sh start ./zoo.cfg"));
    assertThat(pidFile()).exists();
    Shell.Result status =
        shell.run("bash", "-c", here + "sh installed/bin/zkServer.sh status zoo.cfg");
    assertThat(status.out()).as(status.err()).endsWith("Mode: standalone\n");
    Shell.Result elsewhere = server("stop");
    assertThat(elsewhere.out()).contains("no zookeeper to stop");
    assertThat(elsewhere.err()).contains("dataDir is relative");
    stopped(shell.run("bash", "-c", here + "zkServer.sh stop zoo.cfg"));
  }

  @Test
  void aNewServersDirectoriesAreMadeAndThoseOfAnOldOneKept() throws IOException {
    String[] initialize = {
      "sh", "bin/zkServer-initialize.sh", "--configfile=" + config, "--myid=3"
    };
    Shell.Result made = shell.run(initialize);
    assertThat(made.exitCode()).as(made.err()).isZero();
    assertThat(data.resolve("myid")).hasContent("3");
    Path kept = Files.writeString(data.resolve("version-2/log.1"), "transactions");
    assertThat(shell.run(initialize).exitCode()).isEqualTo(1);
    assertThat(kept).exists();
    assertThat(
            shell.run("bin/zkServer-initialize.sh", "--force", "--configfile", "" + config).out())
        .contains("No myid was given");
    assertThat(kept).doesNotExist();
  }

  @Test
  void theProcessIsFoundAsMonitoringLooksForIt() throws IOException {
    started(server("start"));
    long pid = Long.parseLong(Files.readString(pidFile()).strip());
    List<String> words = CommandLine.of(pid);
    // jps prints the last part of the main class's name; pgrep -f looks into the whole line.
    assertThat(words.get(words.size() - 2)).endsWith(".QuorumPeerMain");
    assertThat(String.join(" ", words))
        .contains("org.apache.zookeeper.server.quorum.QuorumPeerMain");
    stopped(server("stop"));
  }

  @Test
  void remoteJmxIsOpenedAndDescribedOnlyWhenItIsAskedFor() throws IOException {
    assertThat(shell.run("bin/zkServer.sh", "print-cmd", config.toString()).err())
        .isEqualTo("Using config: " + config + "\n");
    Shell.Result asked =
        shell.with("JMXPORT", "4048").run("bin/zkServer.sh", "print-cmd", config.toString());
    assertThat(asked.err()).contains("JMX on port 4048 has the JVM's own beans");
    assertThat(asked.out()).contains("-Dcom.sun.management.jmxremote.port=4048");
    Shell.Result disabled =
        shell
            .with("JMXPORT", "4048")
            .with("JMXDISABLE", "true")
            .run("bin/zkServer.sh", "print-cmd", config.toString());
    assertThat(disabled.err()).startsWith("JMX disabled by user request\n");
    assertThat(disabled.out()).doesNotContain("jmxremote");
  }
}
