package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The task system as a person starts it. */
class TasksIT {
  @TempDir static Path directory;
  private static Shell shell;
  private static Process up;
  private static String connect;

  @BeforeAll
  static void upAndReady() throws IOException {
    int port = FreePorts.one();
    Shell plain = Shell.inUnpackedTarball(directory);
    connect = "127.0.0.1:" + port;
    shell = plain.with("PADDOCK_CONNECT", connect);
    up = plain.start("./paddock", "up", "--workers", "1", "--port", Integer.toString(port));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Shell.Result status = shell.run("./paddock", "status");
    while (status.exitCode() != 0 && System.nanoTime() < deadline) {
      status = shell.run("./paddock", "status");
    }
    assertThat(status.exitCode()).as(status.out() + status.err()).isZero();
  }

  @AfterAll
  static void down() {
    up.destroy();
    up.onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void submitWaitsShowsTheOutputAndExitsWithTheTasksCode() {
    Shell.Result result = shell.run("./paddock", "submit", "--wait", "--", "echo hello; exit 3");
    assertThat(result.out()).isEqualTo("hello\n");
    assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
  }

  @Test
  void aTaskThatAPersonCreatesInTheShellIsExecuted() {
    Shell.Result created =
        shell.run(
            "./paddock", "shell", "-server", connect, "create", "-s", "/tasks/task-", "echo hi");
    assertThat(created.exitCode()).as(created.err()).isZero();
    Matcher name = Pattern.compile("task-\\d{10}").matcher(created.out() + created.err());
    assertThat(name.find()).as(created.out() + created.err()).isTrue();
    String task = name.group();
    Shell.Result shown = shell.run("./paddock", "tasks", "show", task);
    for (int i = 0; i < 30 && !shown.out().contains(": done"); i++) {
      shown = shell.run("./paddock", "tasks", "show", task);
    }
    assertThat(shown.out()).contains(task + ": done", "| hi");
  }
}
