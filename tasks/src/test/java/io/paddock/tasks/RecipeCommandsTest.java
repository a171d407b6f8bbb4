package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** What elect, lock, config and members do, print and exit with, on both servers. */
class RecipeCommandsTest {
  private static final int TIMEOUT_MS = 20_000;

  /** How a command ended. */
  private record Ran(int code, String out, String err) {}

  @TempDir Path folder;
  private TaskSystem system;

  private void on(TestServer.Kind kind) {
    system = new TaskSystem(kind);
  }

  @AfterEach
  void closeSystem() throws Exception {
    system.close();
  }

  /** Runs a command; {@code --connect} goes behind the sub-command, where there is one. */
  private Ran run(Callable<Integer> command, String... words) {
    boolean sub = command instanceof ConfigCommand || command instanceof MembersCommand;
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(sub ? 1 : 0, List.of("--connect", system.connect()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = TaskCommands.line("test", command);
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int code = line.execute(all.toArray(String[]::new));
    return new Ran(code, out.toString(), err.toString());
  }

  private CompletableFuture<Ran> start(Callable<Integer> command, String... words) {
    return CompletableFuture.supplyAsync(() -> run(command, words));
  }

  @ParameterizedTest
  @EnumSource
  void aLockedCommandsExitCodeIsTheCommandsOwn(TestServer.Kind kind) throws Exception {
    on(kind);
    Path said = folder.resolve("said");
    String line = "echo $PADDOCK_ZNODE $PADDOCK_FENCE > " + said + "; exit 7";
    Ran ran = run(new LockCommand(), "/locks/a", "--", line);
    assertThat(ran.code()).as(ran.err()).isEqualTo(7);
    assertThat(ran.err()).startsWith("locked: /locks/a/_c_");
    assertThat(Files.readString(said)).matches("/locks/a/_c_\\S+-lock-\\d{10} \\d+\n");
    assertThat(system.person().getChildren("/locks/a", false)).isEmpty();
    assertThat(run(new LockCommand(), "--json", "/locks/a", "true").err())
        .startsWith("{")
        .contains("\"event\":\"locked\"");
  }

  @ParameterizedTest
  @EnumSource
  void twentyLockedCommandsNeverRunAtTheSameTime(TestServer.Kind kind) throws Exception {
    on(kind);
    Path inside = folder.resolve("inside");
    Path count = folder.resolve("count");
    String line =
        "mkdir " + inside + " || exit 9; echo x >> " + count + "; rmdir " + inside + "; true";
    List<CompletableFuture<Ran>> all = new ArrayList<>();
    var pool = java.util.concurrent.Executors.newFixedThreadPool(5);
    try {
      for (int i = 0; i < 20; i++) {
        all.add(
            CompletableFuture.supplyAsync(
                () -> run(new LockCommand(), "/locks/b", "--", line), pool));
      }
      for (CompletableFuture<Ran> one : all) {
        assertThat(one.get(TIMEOUT_MS, TimeUnit.MILLISECONDS).code()).isZero();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(Files.readAllLines(count)).hasSize(20);
  }

  @ParameterizedTest
  @EnumSource
  void aLockThatIsNotFreeInTimeIsTold(TestServer.Kind kind) {
    on(kind);
    Mutex holder = system.keep(Mutex.connect(system.connect(), "/locks/c", "holder"));
    assertThat(holder.await(TIMEOUT_MS)).isTrue();
    Ran ran = run(new LockCommand(), "--wait-timeout", "100ms", "/locks/c", "true");
    assertThat(ran.code()).isEqualTo(ExitCode.TIMED_OUT.number());
    assertThat(ran.err()).contains("not our turn at /locks/c within 100 ms");
  }

  @ParameterizedTest
  @EnumSource
  void anElectedCommandIsStoppedWhenItsZnodeGoes(TestServer.Kind kind) throws Exception {
    on(kind);
    Path ran = folder.resolve("ran");
    CompletableFuture<Ran> first =
        start(new ElectCommand(), "/elect/a", "--", "touch " + ran + "; sleep 600");
    Await.until("the first runs", () -> Files.exists(ran));
    CompletableFuture<Ran> second = start(new ElectCommand(), "/elect/a", "--", "exit 3");
    ZooKeeper person = system.person();
    Await.until("two stand", () -> person.getChildren("/elect/a", false).size() == 2);
    assertThat(second).isNotDone();
    String eldest =
        person.getChildren("/elect/a", false).stream()
            .min(java.util.Comparator.comparing(name -> name.substring(name.length() - 10)))
            .orElseThrow();
    person.delete("/elect/a/" + eldest, -1);
    Ran stopped = first.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    assertThat(stopped.code()).isEqualTo(ExitCode.LOST.number());
    assertThat(stopped.err()).contains("stopped the command: ").contains("removed by somebody");
    assertThat(second.get(TIMEOUT_MS, TimeUnit.MILLISECONDS).code()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void configurationIsSetReadAndGuardedByItsVersion(TestServer.Kind kind) {
    on(kind);
    assertThat(run(new ConfigCommand(), "get", "/conf/a").code())
        .isEqualTo(ExitCode.NOT_FOUND.number());
    assertThat(run(new ConfigCommand(), "set", "--if-version", "-1", "/conf/a", "one").out())
        .isEqualTo("/conf/a version 0\n");
    assertThat(run(new ConfigCommand(), "set", "--if-version", "-1", "/conf/a", "two").code())
        .isEqualTo(ExitCode.CONFLICT.number());
    assertThat(run(new ConfigCommand(), "set", "/conf/a", "two").out())
        .isEqualTo("/conf/a version 1\n");
    Ran late = run(new ConfigCommand(), "set", "--if-version", "0", "/conf/a", "three");
    assertThat(late.code()).isEqualTo(ExitCode.CONFLICT.number());
    assertThat(late.err()).isEqualTo("/conf/a: expected version 0, it is at version 1\n");
    assertThat(run(new ConfigCommand(), "get", "/conf/a").out()).isEqualTo("two\n");
    assertThat(run(new ConfigCommand(), "get", "--json", "/conf/a").out())
        .contains("\"value\":\"two\"")
        .contains("\"version\":1");
  }

  @ParameterizedTest
  @EnumSource
  void everyWatcherIsPushedTheChanges(TestServer.Kind kind) throws Exception {
    on(kind);
    try (SharedConfig writer = SharedConfig.connect(system.connect(), "/conf/b")) {
      List<LinkedBlockingQueue<String>> seen = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        LinkedBlockingQueue<String> values = new LinkedBlockingQueue<>();
        SharedConfig watcher = system.keep(SharedConfig.connect(system.connect(), "/conf/b"));
        watcher.watch(value -> values.add(value.version() + " " + value.value()));
        seen.add(values);
      }
      CompletableFuture<Ran> command = start(new ConfigCommand(), "watch", "--count=1", "/conf/b");
      for (int i = 0; i < 3; i++) {
        writer.set("value " + i);
        for (LinkedBlockingQueue<String> values : seen) {
          assertThat(values.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isEqualTo(i + " value " + i);
        }
      }
      assertThat(command.get(TIMEOUT_MS, TimeUnit.MILLISECONDS).out()).startsWith("value ");
      system.server().restart();
      writer.set("after");
      for (LinkedBlockingQueue<String> values : seen) {
        assertThat(values.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isEqualTo("3 after");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void membersComeAreListedAndGo(TestServer.Kind kind) throws Exception {
    on(kind);
    LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
    GroupMembership watcher = system.keep(group());
    watcher.watch((what, member) -> seen.add(what + " " + member.name()));
    try (GroupMembership one = group()) {
      one.join("one", "host-1:80");
      assertThat(seen.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isEqualTo("JOINED one");
      Ran list = run(new MembersCommand(), "list", "/groups/web");
      assertThat(list.code()).isZero();
      assertThat(list.out()).containsPattern("one +\\d{4}-\\S+Z +host-1:80");
      assertThat(run(new MembersCommand(), "watch", "--count", "1", "/groups/web").out())
          .isEqualTo("joined one\n");
      Ran twice =
          run(new MembersCommand(), "join", "--session-timeout=1s", "--name=one", "/groups/web");
      assertThat(twice.code()).isEqualTo(ExitCode.CONFLICT.number());
    }
    assertThat(seen.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isEqualTo("LEFT one");
    assertThat(watcher.members()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aMemberThatLosesItsSessionJoinsAnew(TestServer.Kind kind) throws Exception {
    on(kind);
    GroupMembership member = system.keep(group());
    member.join("phoenix", "");
    ZooKeeper zk = EnsembleConnection.handle(member.curator());
    long before = zk.getSessionId();
    try (ZooKeeper thief =
        new ZooKeeper(system.connect(), 3_000, event -> {}, before, zk.getSessionPasswd())) {
      Await.until("the session is taken over", () -> thief.getState().isConnected());
    }
    Await.until(
        "it is back in another session",
        () -> {
          var stat = system.person().exists("/groups/web/phoenix", false);
          return stat != null && stat.getEphemeralOwner() != before;
        });
  }

  private GroupMembership group() {
    return GroupMembership.connect(system.connect(), "/groups/web", 3_000);
  }

  @ParameterizedTest
  @EnumSource
  void wrongUsageIsTold(TestServer.Kind kind) {
    on(kind);
    assertThat(run(new LockCommand(), "/locks/a").code()).isEqualTo(ExitCode.USAGE.number());
    assertThat(run(new ElectCommand(), "--masters", "0", "/e", "true").code()).isEqualTo(2);
    assertThat(run(new ConfigCommand(), "get", "conf").err()).contains("no path: conf");
    assertThat(run(new MembersCommand(), "list", "--nonsense", "/g").code()).isEqualTo(2);
  }
}
