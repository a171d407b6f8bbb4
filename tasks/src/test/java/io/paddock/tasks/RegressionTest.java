package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The eleven defects of the well-known book example; each has a test that would find it here. */
class RegressionTest {
  private TaskSystem system;
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void closeSystem() throws Exception {
    system.close();
  }

  private Worker counting(String id) {
    return system.start(
        system
            .workerBuilder(id)
            .handler(
                "count",
                task -> {
                  runs.incrementAndGet();
                  return null;
                }));
  }

  private String task() throws Exception {
    return Layout.name(
        system.create("/tasks/task-", "{\"type\":\"count\"}", CreateMode.PERSISTENT_SEQUENTIAL));
  }

  @ParameterizedTest
  @EnumSource
  void assigningIsOneStepSoATakeoverFindsTheTaskOnceAndWhole(TestServer.Kind kind)
      throws Exception {
    system = new TaskSystem(kind);
    Master first = system.activeMaster("m1:1");
    system.create("/workers/w9", "", CreateMode.EPHEMERAL);
    String task = system.client().submit(TaskSpec.shell("a long job"));
    Await.until("it is assigned", () -> system.exists("/assign/w9/" + task));
    long zxid = system.person().exists("/assign/w9/" + task, false).getCzxid();
    assertThat(system.read("/tasks/" + task)).contains("a long job");

    first.close();
    system.activeMaster("m2:2");
    String after = system.client().submit(TaskSpec.shell("another"));
    system.create("/workers/w8", "", CreateMode.EPHEMERAL);
    Await.until("the new master assigns", () -> system.exists("/assign/w8/" + after));

    assertThat(system.person().exists("/assign/w9/" + task, false).getCzxid()).isEqualTo(zxid);
    assertThat(system.exists("/assign/w8/" + task)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void anAssignmentThatExistsAlreadyDoesNotStrandItsTask(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.person();
    String task = task();
    system.create("/assign/w1", "", CreateMode.PERSISTENT);
    system.create("/assign/w1/" + task, "", CreateMode.PERSISTENT);
    system.activeMaster("m1:1");
    counting("w1");

    assertThat(system.end(task)).isEqualTo("done");
    assertThat(runs.get()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void tasksWaitWhileThereAreNoWorkersAtAll(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    String task = task();
    Await.until("it waits", () -> system.client().show(task).state().equals("waiting"));
    counting("w1");

    assertThat(system.end(task)).isEqualTo("done");
  }

  @ParameterizedTest
  @EnumSource
  void recoveryWorksWithMissingAndWithEmptyAssign(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.person();
    String first = task();
    system.person().delete("/assign", -1);
    Master master = system.activeMaster("m1:1");
    counting("w1");
    assertThat(system.end(first)).isEqualTo("done");
    master.close();
    String second = task();
    system.activeMaster("m2:2");

    assertThat(system.end(second)).isEqualTo("done");
  }

  @ParameterizedTest
  @EnumSource
  void parentsOfDeadWorkersAreRemoved(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.person();
    system.create("/assign/ghost", "", CreateMode.PERSISTENT);
    system.activeMaster("m1:1");
    Await.until("a parent from before is gone", () -> !system.exists("/assign/ghost"));
    Worker worker = counting("w1");
    assertThat(system.exists("/assign/w1")).isTrue();
    worker.close();

    Await.until("the worker's parent is gone", () -> !system.exists("/assign/w1"));
  }

  @ParameterizedTest
  @EnumSource
  void recoveryDoesNotBringBackFinishedTasks(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.person();
    String task = task();
    system.create("/tasks/" + task + "/status", "done", CreateMode.PERSISTENT);
    system.create("/assign/ghost", "", CreateMode.PERSISTENT);
    system.create("/assign/ghost/" + task, "", CreateMode.PERSISTENT);
    String removed = "task-0000004711";
    system.create("/assign/ghost/" + removed, "", CreateMode.PERSISTENT);
    counting("w1");
    system.activeMaster("m1:1");
    String later = task();

    assertThat(system.end(later)).isEqualTo("done");
    Await.until("the left-overs are gone", () -> !system.exists("/assign/ghost"));
    assertThat(runs.get()).isEqualTo(1);
    assertThat(system.exists("/tasks/" + removed)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aFinishedTaskOfADeadWorkerIsNotRunAgain(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    ZooKeeper mortal = system.anotherPerson();
    mortal.create(
        "/workers/w9",
        new byte[0],
        org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE,
        CreateMode.EPHEMERAL);
    String task = task();
    // The demand for a handler keeps it from a person; so assign by hand, as a person may.
    Await.until("there is a parent", () -> system.exists("/assign/w9"));
    system.create("/assign/w9/" + task, "", CreateMode.PERSISTENT);
    system.create("/tasks/" + task + "/status", "done", CreateMode.PERSISTENT);
    mortal.close();
    counting("w1");
    String later = task();

    assertThat(system.end(later)).isEqualTo("done");
    Await.until("the dead worker is cleared away", () -> !system.exists("/assign/w9"));
    assertThat(runs.get()).isEqualTo(1);
    assertThat(system.read("/tasks/" + task + "/status")).isEqualTo("done");
  }

  @ParameterizedTest
  @EnumSource
  void retriesAfterConnectionLossTouchOnlyTheirOwnPaths(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    counting("w1");
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      tasks.add(system.client().submit(TaskSpec.builder().type("count").build()));
      if (i % 20 == 10) {
        system.server().restart();
      }
    }
    for (String task : tasks) {
      assertThat(system.end(task)).isEqualTo("done");
    }
    assertThat(system.client().names()).containsExactlyElementsOf(tasks);
    assertThat(system.person().getChildren("/", false))
        .containsExactlyInAnyOrder("zookeeper", "master", "workers", "assign", "tasks", "paddock");
    for (String task : tasks) {
      assertThat(system.person().getChildren("/tasks/" + task, false))
          .isSubsetOf("status", "result", "progress");
    }
    Await.until(
        "no assignment is left", () -> system.person().getChildren("/assign/w1", false).isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void anAssignmentWhoseDeletionWasLostIsDeletedAndItsSlotFree(TestServer.Kind kind)
      throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.create("/workers/w9", "", CreateMode.EPHEMERAL);
    for (int i = 0; i < 3; i++) {
      String task = system.client().submit(TaskSpec.shell("job " + i));
      Await.until("it is assigned", () -> system.exists("/assign/w9/" + task));
      system.create("/tasks/" + task + "/status", "done", CreateMode.PERSISTENT);
      Await.until("its assignment is gone", () -> !system.exists("/assign/w9/" + task));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anExpiredMasterCannotWrite(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    Master first = system.activeMaster("m1:1");
    ZooKeeper old = EnsembleConnection.handle(first.curator());
    int epoch = system.person().exists(Layout.EPOCH, false).getVersion();
    AsyncZooKeeper zombie = new AsyncZooKeeper(system.keep(system.anotherPerson()));
    system.expire(old);
    Await.until("it is active again", () -> epochNow() > epoch && first.active());

    Port.Answer ignored = refusal -> {};
    Term term =
        new Term(
            zombie,
            epoch,
            new MasterSettings(
                "m0:0", 1_000, 8, 8, TaskLimits.DEFAULTS, java.time.Clock.systemUTC()));
    term.write(List.of(Ending.create("/assign/evil", new byte[0])), ignored);
    org.apache.zookeeper.KeeperException expired =
        org.assertj.core.api.Assertions.catchThrowableOfType(
            org.apache.zookeeper.KeeperException.class,
            () ->
                old.create(
                    "/assign/evil",
                    null,
                    org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT));

    assertThat(expired.code()).isEqualTo(org.apache.zookeeper.KeeperException.Code.SESSIONEXPIRED);
    zombie.zk().exists("/", false); // after the answer to the write
    assertThat(system.exists("/assign/evil")).isFalse();
  }

  private int epochNow() throws Exception {
    return system.person().exists(Layout.EPOCH, false).getVersion();
  }

  @ParameterizedTest
  @EnumSource
  void aMasterWhoseEpochIsOverStepsDown(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    Master master = system.activeMaster("m1:1");
    int epoch = epochNow();
    system.person().setData(Layout.EPOCH, new byte[0], epoch);
    counting("w1");
    String task = task();

    assertThat(system.end(task)).isEqualTo("done");
    assertThat(epochNow()).isEqualTo(epoch + 2);
    assertThat(master.active()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatWasCutOffCannotRecord(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Worker first =
        system.start(
            system
                .workerBuilder("w1")
                .handler(
                    "stubborn",
                    task -> {
                      started.countDown();
                      awaitStubbornly(release);
                      return TaskOutcome.done("from the zombie");
                    }));
    String task = system.client().submit(TaskSpec.builder().type("stubborn").build());
    started.await();
    system.start(
        system.workerBuilder("w2").handler("stubborn", run -> TaskOutcome.done("from the second")));
    system.expire(first.curator().getZookeeperClient().getZooKeeper());

    TaskView end = system.client().await(task, 60_000);
    release.countDown();
    Await.until("the zombie has ended", () -> first.running() == 0 && first.ready());

    assertThat(end.result().last().message()).isEqualTo("from the second");
    assertThat(system.read("/tasks/" + task + "/result")).doesNotContain("zombie");
    assertThat(system.person().exists("/tasks/" + task + "/result", false).getVersion())
        .as("one end of the first attempt and one of the second")
        .isEqualTo(1);
  }

  private static void awaitStubbornly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        Thread.interrupted(); // a handler that does not listen
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStatusIsComparedByWhatItSays(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.create("/workers/w9", "", CreateMode.EPHEMERAL);
    String task = system.client().submit(TaskSpec.shell("job"));
    Await.until("it is assigned", () -> system.exists("/assign/w9/" + task));
    system.create("/tasks/" + task + "/status", "Failed \n", CreateMode.PERSISTENT);

    Await.until("its assignment is gone", () -> !system.exists("/assign/w9/" + task));
    assertThat(system.client().show(task).result().last().status()).isEqualTo(TaskStatus.FAILED);
    assertThat(TaskStatus.of(new StringBuilder("done").toString())).isEqualTo(TaskStatus.DONE);
  }
}
