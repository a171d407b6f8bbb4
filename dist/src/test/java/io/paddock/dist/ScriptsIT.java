package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts with real server processes: what they print, how they exit, what they leave. */
class ScriptsIT {
  @TempDir static Path directory;
  private static Shell shell;

  private final String name = "s" + System.nanoTime();
  private final Path data = directory.resolve(name);
  private final Path config = directory.resolve(name + ".cfg");
  private int port;

  @BeforeAll
  static void unpack() {
    shell = Shell.inUnpackedTarball(directory);
  }

  @BeforeEach
  void writeConfiguration() throws IOException {
    port = FreePorts.one();
    Files.writeString(
        config,
        """
        dataDir = %s
        clientPort=%d
        clientPortAddress=127.0.0.1
        admin.enableServer=false
        """
            .formatted(data, port));
  }

  @AfterEach
  void endWhatStillRuns() throws IOException {
    if (Files.exists(pidFile())) {
      ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void aServerIsStartedAskedAndStopped() throws IOException {
    Shell.Result started = server("start");
    assertThat(started.out()).as(started.err()).isEqualTo("Starting zookeeper ... STARTED\n");
    assertThat(started.exitCode()).isZero();
    assertThat(started.err()).isEqualTo("Using config: " + config + "\n");
    ProcessHandle process = ProcessHandle.of(pid()).orElseThrow();

    Shell.Result again = server("start");
    assertThat(again.out())
        .isEqualTo("Starting zookeeper ... already running as process " + pid() + ".\n");
    assertThat(again.exitCode()).isEqualTo(1);

    awaitMode();
    Shell.Result status = server("status");
    assertThat(status.out())
        .isEqualTo(
            "Client port found: %d. Client address: 127.0.0.1. Client SSL: false.%nMode: standalone%n"
                .formatted(port));

    Shell.Result stopped = server("stop");
    assertThat(stopped.out()).isEqualTo("Stopping zookeeper ... STOPPED\n");
    assertThat(stopped.exitCode()).isZero();
    assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(20));
    assertThat(pidFile()).doesNotExist();

    Shell.Result gone = server("status");
    assertThat(gone.out())
        .endsWith("Error contacting service. It is probably not running.\n")
        .startsWith("Client port found: " + port);
    assertThat(gone.exitCode()).isEqualTo(1);
  }

  @Test
  void whatTheShellWroteIsThereAfterARestart() {
    assertThat(server("start").exitCode()).isZero();
    awaitMode();
    Shell.Result created = cli("create", "/kept", "by the log");
    assertThat(created.exitCode()).as(created.out() + created.err()).isZero();
    assertThat(created.err()).contains("Created /kept");

    Shell.Result restarted = server("restart");
    assertThat(restarted.out())
        .isEqualTo("Stopping zookeeper ... STOPPED\nStarting zookeeper ... STARTED\n");
    awaitMode();
    Shell.Result read = cli("get", "/kept");
    assertThat(read.exitCode()).as(read.err()).isZero();
    assertThat(read.out()).endsWith("by the log\n");
    assertThat(server("stop").exitCode()).isZero();
  }

  @Test
  void aFailedCommandOfTheShellIsItsExitCode() {
    assertThat(server("start").exitCode()).isZero();
    awaitMode();
    Shell.Result missing = cli("get", "/missing");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err()).contains("Node does not exist: /missing");
    assertThat(cli("no-such-command").exitCode()).isEqualTo(127);
  }

  @Test
  void aServerThatCannotStartIsToldWithItsOwnWords() throws IOException {
    Files.writeString(config, "dataDir=" + data + "\nclientPort=many\n");
    Shell.Result result = server("start");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEqualTo("Starting zookeeper ... SERVER DID NOT START\n");
    assertThat(result.err()).contains("clientPort");
    assertThat(pidFile()).doesNotExist();
  }

  @Test
  void aServerInTheForegroundServesUntilItIsTold() throws InterruptedException {
    Process process = shell.start("bin/zkServer.sh", "start-foreground", config.toString());
    try {
      awaitMode();
      assertThat(pidFile()).doesNotExist();
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(server("status").exitCode()).isEqualTo(1);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theDemoEndsWithExactlyOneResultForEachTaskWhoeverIsKilled() {
    Shell.Result result = shell.run("./paddock", "demo");
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    assertThat(result.out())
        .containsPattern("worker-\\d +kill -9 \\d+ +dead, with task-")
        .containsPattern("master-\\d +kill -9 \\d+ +dead, and it was the active one")
        .containsPattern("server\\.\\d +kill -9 \\d+ +dead, and it led the ensemble")
        .containsPattern("server\\.\\d +leads now")
        .containsPattern("server\\.\\d +start again +process \\d+, (follower|leader) from")
        .containsPattern("task-0000000029 .* done +1 +\\d: worker-")
        .containsPattern("worker-\\d lost, worker-\\d done")
        .contains("30 tasks, 30 results, none lost, none twice")
        .contains("Every task has exactly one result.");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void theClassicDemoHoldsEveryStep() {
    Shell.Result result = shell.run("./paddock", "demo", "--classic");
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    assertThat(result.out())
        .contains("watch event NodeDeleted /master", "kill -9", "Every step held.")
        .doesNotContain("Exception");
    assertThat(result.err()).isEmpty();
  }

  private Shell.Result server(String word) {
    return shell.run("bin/zkServer.sh", word, config.toString());
  }

  private Shell.Result cli(String... command) {
    String[] words = new String[command.length + 3];
    words[0] = "bin/zkCli.sh";
    words[1] = "-server";
    words[2] = "127.0.0.1:" + port;
    System.arraycopy(command, 0, words, 3, command.length);
    return shell.run(words);
  }

  /** Asks for the status until the server answers; each question takes its own short time. */
  private void awaitMode() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Shell.Result status = server("status");
    while (status.exitCode() != 0 && System.nanoTime() < deadline) {
      status = server("status");
    }
    assertThat(status.exitCode()).as(status.out() + status.err()).isZero();
  }

  private Path pidFile() {
    return data.resolve("zookeeper_server.pid");
  }

  private long pid() throws IOException {
    return Long.parseLong(Files.readString(pidFile()).strip());
  }
}
