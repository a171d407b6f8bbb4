package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The system as a whole, on Paddock and on Apache's server. */
class TasksTest {
  private TaskSystem system;

  @AfterEach
  void closeSystem() throws Exception {
    system.close();
  }

  @ParameterizedTest
  @EnumSource
  void aCommandIsRunAndItsResultRecorded(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.worker("w1");

    String task = system.client().submit(TaskSpec.shell("echo hello; echo there >&2"));
    TaskView end = system.client().await(task, 60_000);

    assertThat(task).matches("task-\\d{10}");
    assertThat(end.state()).isEqualTo("done");
    assertThat(end.result().attempts()).hasSize(1);
    Attempt attempt = end.result().last();
    assertThat(attempt.output()).isEqualTo("hello\nthere\n");
    assertThat(attempt.exitCode()).isZero();
    assertThat(attempt.worker()).isEqualTo("w1");
    assertThat(attempt.ended()).isGreaterThanOrEqualTo(attempt.started());
    assertThat(system.read(Layout.status(task))).isEqualTo("done");
    Await.until("the assignment is gone", () -> !system.exists(Layout.assignment("w1", task)));
  }

  @ParameterizedTest
  @EnumSource
  void manyTasksGoThroughSeveralWorkers(TestServer.Kind kind) {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    AtomicInteger runs = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      system.start(
          system
              .workerBuilder("w" + i)
              .slots(8)
              .handler(
                  "noop",
                  task -> {
                    runs.incrementAndGet();
                    return null;
                  }));
    }
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      tasks.add(system.client().submit(TaskSpec.builder().type("noop").build()));
    }
    for (String task : tasks) {
      assertThat(system.end(task)).isEqualTo("done");
    }
    assertThat(runs.get()).isEqualTo(300);
    assertThat(system.client().list(tasks)).allMatch(view -> view.attempts() == 1);
  }

  @ParameterizedTest
  @EnumSource
  void aFailedTaskIsRetriedAndThenInTheDeadLettersUntilRedriven(TestServer.Kind kind)
      throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    AtomicInteger runs = new AtomicInteger();
    system.start(
        system
            .workerBuilder("w1")
            .handler(
                "flaky",
                task ->
                    runs.incrementAndGet() > 3
                        ? TaskOutcome.done(null)
                        : TaskOutcome.failed("not yet")));
    TaskSpec spec = TaskSpec.builder().type("flaky").retries(2).backoffMs(10).build();

    String task = system.client().submit(spec);
    TaskView failed = system.client().await(task, 60_000);

    assertThat(failed.state()).isEqualTo("failed");
    assertThat(failed.result().attempts()).extracting(Attempt::number).containsExactly(1, 2, 3);
    assertThat(system.client().dead()).containsExactly(task);

    system.client().retry(task);
    TaskView done = system.client().await(task, 60_000);

    assertThat(done.state()).isEqualTo("done");
    assertThat(done.result().attempts()).hasSize(4);
    assertThat(system.client().dead()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aTaskWhoseTimeIsUpIsStoppedWithAllItsProcesses(TestServer.Kind kind) {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.worker("w1");

    TaskSpec spec =
        TaskSpec.builder()
            .command("trap 'echo bye' TERM; sleep 30 & echo $!; while :; do sleep 0.1; done")
            .timeoutMs(300)
            .build();
    String task = system.client().submit(spec);
    TaskView end = system.client().await(task, 60_000);

    assertThat(end.state()).isEqualTo("timed out");
    assertThat(end.result().last().output()).contains("bye");
    String pid = end.result().last().output().lines().findFirst().orElseThrow();
    Await.until("the background process is gone", () -> !alive(Long.parseLong(pid)));
  }

  static boolean alive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledTaskEndsAtOnceAndItsProcessIsStopped(TestServer.Kind kind) {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.start(system.workerBuilder("w1").heartbeatMs(50));

    String task =
        system
            .client()
            .submit(TaskSpec.builder().command("echo $$; exec sleep 30").stream(true).build());
    Await.until(
        "it says its pid",
        () -> {
          Progress progress = system.client().show(task).progress();
          return progress != null && progress.output() != null;
        });
    long pid = Long.parseLong(system.client().show(task).progress().output().strip());
    system.client().cancel(task);

    assertThat(system.client().show(task).state()).isEqualTo("cancelled");
    Await.until("the process is gone", () -> !alive(pid));
    Await.until("the slot is free", () -> !system.exists(Layout.assignment("w1", task)));
    assertThatThrownBy(() -> system.client().cancel(task))
        .isInstanceOf(TasksException.class)
        .hasMessageContaining("is over: cancelled");
  }

  @ParameterizedTest
  @EnumSource
  void theTasksOfADeadWorkerGoToAnother(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    CountDownLatch started = new CountDownLatch(1);
    Worker first =
        system.start(
            system
                .workerBuilder("w1")
                .handler(
                    "where",
                    task -> {
                      started.countDown();
                      TimeUnit.SECONDS.sleep(30);
                      return null;
                    }));
    String task = system.client().submit(TaskSpec.builder().type("where").build());
    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
    system.start(
        system.workerBuilder("w2").handler("where", run -> TaskOutcome.done(run.worker())));
    first.close();

    TaskView end = system.client().await(task, 60_000);

    assertThat(end.state()).isEqualTo("done");
    assertThat(end.result().attempts())
        .extracting(Attempt::outcome, Attempt::worker)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("lost", "w1"),
            org.assertj.core.groups.Tuple.tuple("done", "w2"));
    Await.until("the parent is gone", () -> !system.exists("/assign/w1"));
  }

  @ParameterizedTest
  @EnumSource
  void anotherMasterTakesOver(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    Master first = system.activeMaster("m1:1");
    Master second = system.master("m2:2");
    system.worker("w1");
    assertThat(system.read("/master")).isEqualTo("m1:1");

    first.close();
    String task = system.client().submit(TaskSpec.shell("true"));

    assertThat(system.end(task)).isEqualTo("done");
    assertThat(second.active()).isTrue();
    assertThat(system.read("/master")).isEqualTo("m2:2");
  }

  @ParameterizedTest
  @EnumSource
  void workGoesOnAfterTheServerIsRestarted(TestServer.Kind kind) {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.worker("w1");
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tasks.add(system.client().submit(TaskSpec.shell("sleep 0.05; echo " + i)));
      if (i == 10) {
        system.server().restart();
      }
    }
    for (int i = 0; i < 20; i++) {
      TaskView end = system.client().await(tasks.get(i), 60_000);
      assertThat(end.state()).isEqualTo("done");
      assertThat(end.result().last().output()).isEqualTo(i + "\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatStopsFinishesItsTasksFirst(TestServer.Kind kind) {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    Worker worker = system.start(system.workerBuilder("w1").slots(1));
    String running = system.client().submit(TaskSpec.shell("sleep 0.5; echo finished"));
    Await.until("it runs", () -> worker.running() == 1);
    worker.stop(10_000);

    TaskView end = system.client().await(running, 60_000);

    assertThat(end.state()).isEqualTo("done");
    assertThat(end.attempts()).isEqualTo(1);
    assertThat(system.client().show(running).result().last().output()).isEqualTo("finished\n");
  }

  @ParameterizedTest
  @EnumSource
  void theSameKeyGivesTheSameTask(TestServer.Kind kind) {
    system = new TaskSystem(kind);
    TaskSpec spec = TaskSpec.builder().command("echo once").key("order 17/é").build();

    String first = system.client().submit(spec);
    String second = system.client().submit(spec);

    assertThat(second).isEqualTo(first);
    assertThat(system.client().names()).containsExactly(first);
  }

  @ParameterizedTest
  @EnumSource
  void labelsDelayAndTypeDecideWhoGetsATask(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.worker("plain");
    long start = System.currentTimeMillis();
    String gpu = system.client().submit(TaskSpec.builder().command("true").label("gpu").build());
    String late =
        system.client().submit(TaskSpec.builder().command("true").notBefore(start + 400).build());
    assertThat(system.end(late)).isEqualTo("done");
    assertThat(system.client().show(late).result().last().started())
        .isGreaterThanOrEqualTo(start + 400);
    assertThat(system.client().show(gpu).state()).isEqualTo("waiting");

    system.start(system.workerBuilder("strong").label("gpu").label("big"));

    assertThat(system.end(gpu)).isEqualTo("done");
    assertThat(system.client().show(gpu).worker()).isEqualTo("strong");
  }

  @ParameterizedTest
  @EnumSource
  void finishedTasksAreRemovedWithAllThatBelongsToThem(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.create(Layout.LIMITS, "{\"finishedMax\":3,\"deadMax\":2}", CreateMode.PERSISTENT);
    system.activeMaster("m1:1");
    system.start(system.workerBuilder("w1").slots(1));
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String command = i % 2 == 0 ? "true" : "false";
      tasks.add(system.client().submit(TaskSpec.builder().command(command).key("k" + i).build()));
    }

    Await.until("five are left", () -> system.client().names().size() == 5);

    assertThat(system.client().names())
        .containsExactlyElementsOf(
            List.of(tasks.get(4), tasks.get(6), tasks.get(7), tasks.get(8), tasks.get(9)));
    assertThat(system.client().dead()).containsExactly(tasks.get(7), tasks.get(9));
    assertThat(system.exists(Layout.key("k0"))).isFalse();
    assertThat(system.exists(Layout.key("k9"))).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aTaskThatIsTooLargeIsRefusedWithTheBound(TestServer.Kind kind) {
    system = new TaskSystem(kind);
    TaskSpec spec = TaskSpec.builder().type("x").payload("y".repeat(300_000)).build();

    assertThatThrownBy(() -> system.client().submit(spec))
        .isInstanceOf(TasksException.class)
        .hasMessageContaining("262144");
  }
}
