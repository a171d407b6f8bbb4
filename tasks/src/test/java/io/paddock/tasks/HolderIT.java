package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a lock or an election, and of the command, when the holder's process dies. */
class HolderIT {
  private static final int TIMEOUT_MS = 60_000;
  private static final String SESSION = "6s";
  private static final String PATH = "/held/here";

  @TempDir private Path folder;
  private TaskSystem system;
  private final List<Process> holders = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    holders.forEach(JavaProcess::kill);
    system.close();
  }

  /** A holder whose command writes its pid and its fence and then stays. */
  private Process start(String command, String name) {
    Path said = folder.resolve(name);
    String line =
        "echo $$ $PADDOCK_FENCE > " + said + ".new; mv " + said + ".new " + said + "; sleep 600";
    Process holder =
        JavaProcess.start(
            folder.resolve(name + ".log"),
            CommandProcess.class.getName(),
            command,
            "--connect",
            system.connect(),
            "--session-timeout",
            SESSION,
            PATH,
            "--",
            line);
    holders.add(holder);
    return holder;
  }

  private long said(String name, int word) throws Exception {
    return Long.parseLong(Files.readString(folder.resolve(name)).strip().split(" ")[word]);
  }

  private void awaitRunning(Process holder, String name) throws Exception {
    Path said = folder.resolve(name);
    Await.until(name + " runs its command or ends", () -> Files.exists(said) || !holder.isAlive());
    assertThat(said).as(() -> log(name)).exists();
  }

  private String log(String name) {
    try {
      return Files.readString(folder.resolve(name + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKilledHoldersCommandDiesWithItAndTheLockIsFreeWhenTheSessionIsOver(TestServer.Kind kind)
      throws Exception {
    system = new TaskSystem(kind);
    Process first = start("lock", "first");
    awaitRunning(first, "first");
    Mutex next = system.keep(Mutex.connect(system.connect(), PATH, "next"));
    assertThat(next.await(0)).isFalse();

    JavaProcess.kill(first);

    long pid = said("first", 0);
    Await.until("its command is gone", () -> !TasksTest.alive(pid));
    assertThat(next.await(TIMEOUT_MS)).isTrue();
    assertThat(next.fence()).isGreaterThan(said("first", 1));
  }

  @ParameterizedTest
  @EnumSource
  void whenTheElectedIsKilledTheNextRunsItsCommand(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    Process first = start("elect", "first");
    awaitRunning(first, "first");
    Process second = start("elect", "second");
    Await.until("two stand", () -> system.person().getChildren(PATH, false).size() == 2);
    assertThat(folder.resolve("second")).doesNotExist();

    JavaProcess.kill(first);

    awaitRunning(second, "second");
    long pid = said("first", 0);
    Await.until("the first one's command is gone", () -> !TasksTest.alive(pid));
    assertThat(TasksTest.alive(said("second", 0))).isTrue();
    assertThat(said("second", 1)).isGreaterThan(said("first", 1));
  }

  @ParameterizedTest
  @EnumSource
  void aHolderThatWasStoppedTooLongKillsItsCommandAsSoonAsItGoesOn(TestServer.Kind kind)
      throws Exception {
    system = new TaskSystem(kind);
    Process first = start("lock", "first");
    awaitRunning(first, "first");
    Mutex next = system.keep(Mutex.connect(system.connect(), PATH, "next"));

    JavaProcess.signal(first, "STOP");
    assertThat(next.await(TIMEOUT_MS)).isTrue();
    JavaProcess.signal(first, "CONT");

    assertThat(first.waitFor(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isTrue();
    assertThat(first.exitValue()).isEqualTo(ExitCode.LOST.number());
    long pid = said("first", 0);
    Await.until("its command is gone", () -> !TasksTest.alive(pid));
    assertThat(log("first")).contains("stopped the command: ");
  }
}
