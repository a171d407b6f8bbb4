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
  private Stage stage;
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void closeStage() throws Exception {
    stage.close();
  }

  private Worker counting(String id) {
    return stage.start(
        stage
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
        stage.create("/tasks/task-", "{\"type\":\"count\"}", CreateMode.PERSISTENT_SEQUENTIAL));
  }

  @ParameterizedTest
  @EnumSource
  void assigningIsOneStepSoATakeoverFindsTheTaskOnceAndWhole(TestServer.Kind kind)
      throws Exception {
    stage = new Stage(kind);
    Master first = stage.activeMaster("m1:1");
    stage.create("/workers/w9", "", CreateMode.EPHEMERAL);
    String task = stage.client().submit(TaskSpec.shell("a long job"));
    Await.until("it is assigned", () -> stage.exists("/assign/w9/" + task));
    long zxid = stage.person().exists("/assign/w9/" + task, false).getCzxid();
    assertThat(stage.read("/tasks/" + task)).contains("a long job");

    first.close();
    stage.activeMaster("m2:2");
    String after = stage.client().submit(TaskSpec.shell("another"));
    stage.create("/workers/w8", "", CreateMode.EPHEMERAL);
    Await.until("the new master assigns", () -> stage.exists("/assign/w8/" + after));

    assertThat(stage.person().exists("/assign/w9/" + task, false).getCzxid()).isEqualTo(zxid);
    assertThat(stage.exists("/assign/w8/" + task)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void anAssignmentThatExistsAlreadyDoesNotStrandItsTask(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.person();
    String task = task();
    stage.create("/assign/w1", "", CreateMode.PERSISTENT);
    stage.create("/assign/w1/" + task, "", CreateMode.PERSISTENT);
    stage.activeMaster("m1:1");
    counting("w1");

    assertThat(stage.end(task)).isEqualTo("done");
    assertThat(runs.get()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void tasksWaitWhileThereAreNoWorkersAtAll(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.activeMaster("m1:1");
    String task = task();
    Await.until("it waits", () -> stage.client().show(task).state().equals("waiting"));
    counting("w1");

    assertThat(stage.end(task)).isEqualTo("done");
  }

  @ParameterizedTest
  @EnumSource
  void recoveryWorksWithMissingAndWithEmptyAssign(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.person();
    String first = task();
    stage.person().delete("/assign", -1);
    Master master = stage.activeMaster("m1:1");
    counting("w1");
    assertThat(stage.end(first)).isEqualTo("done");
    master.close();
    String second = task();
    stage.activeMaster("m2:2");

    assertThat(stage.end(second)).isEqualTo("done");
  }

  @ParameterizedTest
  @EnumSource
  void parentsOfDeadWorkersAreRemoved(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.person();
    stage.create("/assign/ghost", "", CreateMode.PERSISTENT);
    stage.activeMaster("m1:1");
    Await.until("a parent from before is gone", () -> !stage.exists("/assign/ghost"));
    Worker worker = counting("w1");
    assertThat(stage.exists("/assign/w1")).isTrue();
    worker.close();

    Await.until("the worker's parent is gone", () -> !stage.exists("/assign/w1"));
  }

  @ParameterizedTest
  @EnumSource
  void recoveryDoesNotBringBackFinishedTasks(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.person();
    String task = task();
    stage.create("/tasks/" + task + "/status", "done", CreateMode.PERSISTENT);
    stage.create("/assign/ghost", "", CreateMode.PERSISTENT);
    stage.create("/assign/ghost/" + task, "", CreateMode.PERSISTENT);
    String removed = "task-0000004711";
    stage.create("/assign/ghost/" + removed, "", CreateMode.PERSISTENT);
    counting("w1");
    stage.activeMaster("m1:1");
    String later = task();

    assertThat(stage.end(later)).isEqualTo("done");
    Await.until("the left-overs are gone", () -> !stage.exists("/assign/ghost"));
    assertThat(runs.get()).isEqualTo(1);
    assertThat(stage.exists("/tasks/" + removed)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aFinishedTaskOfADeadWorkerIsNotRunAgain(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.activeMaster("m1:1");
    ZooKeeper mortal = stage.anotherPerson();
    mortal.create(
        "/workers/w9",
        new byte[0],
        org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE,
        CreateMode.EPHEMERAL);
    String task = task();
    // The demand for a handler keeps it from a person; so assign by hand, as a person may.
    Await.until("there is a parent", () -> stage.exists("/assign/w9"));
    stage.create("/assign/w9/" + task, "", CreateMode.PERSISTENT);
    stage.create("/tasks/" + task + "/status", "done", CreateMode.PERSISTENT);
    mortal.close();
    counting("w1");
    String later = task();

    assertThat(stage.end(later)).isEqualTo("done");
    Await.until("the dead worker is cleared away", () -> !stage.exists("/assign/w9"));
    assertThat(runs.get()).isEqualTo(1);
    assertThat(stage.read("/tasks/" + task + "/status")).isEqualTo("done");
  }

  @ParameterizedTest
  @EnumSource
  void retriesAfterConnectionLossTouchOnlyTheirOwnPaths(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.activeMaster("m1:1");
    counting("w1");
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      tasks.add(stage.client().submit(TaskSpec.builder().type("count").build()));
      if (i % 20 == 10) {
        stage.server().restart();
      }
    }
    for (String task : tasks) {
      assertThat(stage.end(task)).isEqualTo("done");
    }
    assertThat(stage.client().names()).containsExactlyElementsOf(tasks);
    assertThat(stage.person().getChildren("/", false))
        .containsExactlyInAnyOrder("zookeeper", "master", "workers", "assign", "tasks", "paddock");
    for (String task : tasks) {
      assertThat(stage.person().getChildren("/tasks/" + task, false))
          .isSubsetOf("status", "result", "progress");
    }
    Await.until(
        "no assignment is left", () -> stage.person().getChildren("/assign/w1", false).isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void anAssignmentWhoseDeletionWasLostIsDeletedAndItsSlotFree(TestServer.Kind kind)
      throws Exception {
    stage = new Stage(kind);
    stage.activeMaster("m1:1");
    stage.create("/workers/w9", "", CreateMode.EPHEMERAL);
    for (int i = 0; i < 3; i++) {
      String task = stage.client().submit(TaskSpec.shell("job " + i));
      Await.until("it is assigned", () -> stage.exists("/assign/w9/" + task));
      stage.create("/tasks/" + task + "/status", "done", CreateMode.PERSISTENT);
      Await.until("its assignment is gone", () -> !stage.exists("/assign/w9/" + task));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anExpiredMasterCannotWrite(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    Master first = stage.activeMaster("m1:1");
    ZooKeeper old = Ensemble.handle(first.curator());
    int epoch = stage.person().exists(Layout.EPOCH, false).getVersion();
    AsyncZooKeeper zombie = new AsyncZooKeeper(stage.keep(stage.anotherPerson()));
    stage.expire(old);
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
    assertThat(stage.exists("/assign/evil")).isFalse();
  }

  private int epochNow() throws Exception {
    return stage.person().exists(Layout.EPOCH, false).getVersion();
  }

  @ParameterizedTest
  @EnumSource
  void aMasterWhoseEpochIsOverStepsDown(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    Master master = stage.activeMaster("m1:1");
    int epoch = epochNow();
    stage.person().setData(Layout.EPOCH, new byte[0], epoch);
    counting("w1");
    String task = task();

    assertThat(stage.end(task)).isEqualTo("done");
    assertThat(epochNow()).isEqualTo(epoch + 2);
    assertThat(master.active()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatWasCutOffCannotRecord(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.activeMaster("m1:1");
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Worker first =
        stage.start(
            stage
                .workerBuilder("w1")
                .handler(
                    "stubborn",
                    task -> {
                      started.countDown();
                      awaitStubbornly(release);
                      return TaskOutcome.done("from the zombie");
                    }));
    String task = stage.client().submit(TaskSpec.builder().type("stubborn").build());
    started.await();
    stage.start(
        stage.workerBuilder("w2").handler("stubborn", run -> TaskOutcome.done("from the second")));
    stage.expire(first.curator().getZookeeperClient().getZooKeeper());

    TaskView end = stage.client().await(task, 60_000);
    release.countDown();
    Await.until("the zombie has ended", () -> first.running() == 0 && first.ready());

    assertThat(end.result().last().message()).isEqualTo("from the second");
    assertThat(stage.read("/tasks/" + task + "/result")).doesNotContain("zombie");
    assertThat(stage.person().exists("/tasks/" + task + "/result", false).getVersion())
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
    stage = new Stage(kind);
    stage.activeMaster("m1:1");
    stage.create("/workers/w9", "", CreateMode.EPHEMERAL);
    String task = stage.client().submit(TaskSpec.shell("job"));
    Await.until("it is assigned", () -> stage.exists("/assign/w9/" + task));
    stage.create("/tasks/" + task + "/status", "Failed \n", CreateMode.PERSISTENT);

    Await.until("its assignment is gone", () -> !stage.exists("/assign/w9/" + task));
    assertThat(stage.client().show(task).result().last().status()).isEqualTo(TaskStatus.FAILED);
    assertThat(TaskStatus.of(new StringBuilder("done").toString())).isEqualTo(TaskStatus.DONE);
  }
}
