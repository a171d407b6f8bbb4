package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Masters, workers and servers as processes that are killed, stopped and continued, at moments
 * drawn from a seed; then an audit. {@code -Dtasks.fault.steps} makes it longer, {@code
 * -Dtasks.fault.seed} repeats a schedule. One at a time: the processes are many.
 */
@Execution(ExecutionMode.SAME_THREAD)
class FaultIT {
  private static final int WORKERS = 3;

  @TempDir private Path folder;
  private TaskSystem system;
  private Path sideLog;
  private final Map<String, RoleProcess> processes = new HashMap<>();
  private final List<String> submitted = new ArrayList<>();

  @BeforeEach
  void makeSideLog() throws IOException {
    sideLog = Files.createFile(folder.resolve("side.log"));
  }

  @AfterEach
  void closeAll() throws Exception {
    processes.values().forEach(RoleProcess::close);
    system.close();
  }

  private RoleProcess start(String role, String name) {
    RoleProcess process =
        RoleProcess.start(role, name, system.connect(), folder.resolve(name.replace(':', '-')));
    RoleProcess before = processes.put(name, process);
    if (before != null) {
      before.close();
    }
    return process;
  }

  private String submit(double seconds) {
    TaskSpec spec =
        TaskSpec.builder()
            .args(List.of("sh", "-c", Auditor.COMMAND, "task", Double.toString(seconds)))
            .env(Map.of("SIDE_LOG", sideLog.toString()))
            .build();
    String task = system.client().submit(spec);
    submitted.add(task);
    return task;
  }

  private boolean logged(String words) throws IOException {
    return Files.readString(sideLog).contains(words);
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatIsKilledTakesItsProcessesAlongAndLosesItsTask(TestServer.Kind kind)
      throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    RoleProcess first = start("worker", "w1");
    Await.until("it is registered", () -> system.exists("/workers/w1"));
    String task = submit(1.2);
    Await.until("it runs", () -> logged("start " + task + "/1/w1/"));
    String pid = pid(task + "/1/w1/");
    first.signal("KILL");
    Await.until("its process is gone", () -> !TasksTest.alive(Long.parseLong(pid)));
    start("worker", "w2");

    assertThat(system.end(task)).isEqualTo("done");
    assertThat(logged("end " + task + "/1/w1/")).isFalse();
    Auditor.assertClean(new Auditor(system.client(), sideLog).audit(submitted), 0);
  }

  private String pid(String run) throws IOException {
    String line =
        Files.readAllLines(sideLog).stream().filter(l -> l.contains(run)).findFirst().orElseThrow();
    return Layout.name(line);
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatWasStoppedAndContinuedRecordsNothingForATaskThatOthersHaveRun(
      TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    RoleProcess zombie = start("worker", "w1");
    Await.until("it is registered", () -> system.exists("/workers/w1"));
    String task = submit(1.0);
    Await.until("it runs", () -> logged("start " + task + "/1/w1/"));
    zombie.signal("STOP");
    start("worker", "w2");
    Await.until("the second runs it", () -> logged("start " + task + "/2/w2/"));
    zombie.signal("CONT");
    Await.until("the first is back", () -> system.exists("/workers/w1"));

    assertThat(system.end(task)).isEqualTo("done");
    assertThat(system.client().show(task).result().last().worker()).isEqualTo("w2");
    Auditor.assertClean(new Auditor(system.client(), sideLog).audit(submitted), 0);
  }

  @ParameterizedTest
  @EnumSource
  void aMasterThatWasStoppedAndContinuedStandsBy(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    RoleProcess zombie = start("master", "m1:1");
    Await.until("it is active", () -> system.read("/master").equals("m1:1"));
    system.worker("w1");
    submit(0.01);
    zombie.signal("STOP");
    Master second = system.activeMaster("m2:2");
    int epoch = system.person().exists(Layout.EPOCH, false).getVersion();
    zombie.signal("CONT");
    for (int i = 0; i < 20; i++) {
      submit(0.01);
    }
    for (String task : submitted) {
      assertThat(system.end(task)).isEqualTo("done");
    }
    assertThat(second.active()).isTrue();
    assertThat(system.person().exists(Layout.EPOCH, false).getVersion()).isEqualTo(epoch);
    assertThat(system.client().list(submitted)).allMatch(view -> view.attempts() == 1);
    Auditor.assertClean(new Auditor(system.client(), sideLog).audit(submitted), 0);
  }

  @ParameterizedTest
  @EnumSource
  void everyTaskHasExactlyOneResultWhateverDiesWhen(TestServer.Kind kind) throws Exception {
    runASchedule(kind, 1);
  }

  @Test
  void everyTaskHasExactlyOneResultThoughTheEnsemblesLeaderIsKilledAgainAndAgain()
      throws Exception {
    runASchedule(TestServer.Kind.PADDOCK, 3);
  }

  private void runASchedule(TestServer.Kind kind, int count) throws Exception {
    long seed = Long.getLong("tasks.fault.seed", System.nanoTime() & 0xFFFFFF);
    System.out.println(
        "FaultIT on " + kind + ", " + count + " server(s): -Dtasks.fault.seed=" + seed);
    Random dice = new Random(seed);
    ServerProcesses servers = new ServerProcesses(kind, count, folder);
    system = new TaskSystem(servers);
    Await.until("the server serves", servers::serving);
    start("master", "m1:1");
    start("master", "m2:2");
    for (int i = 1; i <= WORKERS; i++) {
      start("worker", "w" + i);
    }
    Await.until("all workers are there", () -> system.client().workers().size() == WORKERS);
    Await.until("a master is there", () -> system.exists("/master"));
    for (int step = Integer.getInteger("tasks.fault.steps", 25); step > 0; step--) {
      for (int i = dice.nextInt(4); i > 0; i--) {
        submit(dice.nextInt(400) / 1000.0);
      }
      TimeUnit.MILLISECONDS.sleep(dice.nextInt(400));
      harm(dice, servers);
    }
    heal();
    for (String task : submitted) {
      system.client().await(task, 90_000);
    }

    List<TaskView> views = system.client().list(submitted);
    int attempts = views.stream().mapToInt(TaskView::attempts).sum();
    System.out.println(submitted.size() + " tasks, " + attempts + " attempts");
    assertThat(submitted).isNotEmpty();
    Auditor.assertClean(new Auditor(system.client(), sideLog).audit(submitted), seed);
  }

  private void harm(Random dice, ServerProcesses servers) {
    String name =
        dice.nextInt(3) == 0
            ? List.of("m1:1", "m2:2").get(dice.nextInt(2))
            : "w" + (1 + dice.nextInt(WORKERS));
    RoleProcess victim = processes.get(name);
    switch (dice.nextInt(7)) {
      case 0, 1 -> {
        victim.signal("KILL");
        start(victim.role(), name);
      }
      case 2, 3 -> victim.signal("STOP");
      case 4, 5 -> processes.values().forEach(process -> process.signal("CONT"));
      default -> {
        // At the others the seed decides what happens; who leads, the servers decide.
        int any = dice.nextInt(servers.count());
        int leader = servers.leader();
        int dying = leader >= 0 ? leader : any;
        servers.kill(dying);
        servers.start(dying);
      }
    }
  }

  private void heal() {
    for (RoleProcess process : List.copyOf(processes.values())) {
      process.signal("CONT");
      if (!process.alive()) {
        start(process.role(), process.name());
      }
    }
  }
}
