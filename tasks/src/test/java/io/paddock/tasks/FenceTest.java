package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fence of an attempt by itself: no session is lost here, and the worker is the same. */
class FenceTest {
  private static final WorkerSettings SETTINGS =
      new WorkerSettings(1, 1_000, 1_000, 100, 1_000, Map.of(), Clock.systemUTC());

  private Stage stage;
  private AsyncZooKeeper session;
  private String task;

  @AfterEach
  void closeStage() throws Exception {
    stage.close();
  }

  private void givenATaskWithW1(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    session = new AsyncZooKeeper(stage.person());
    task = Layout.name(stage.create("/tasks/task-", "job", CreateMode.PERSISTENT_SEQUENTIAL));
    stage.create("/assign/w1", "", CreateMode.PERSISTENT);
    stage.create("/assign/w1/" + task, "", CreateMode.PERSISTENT);
  }

  private TaskRun run(int attempt, int fence) {
    Assignment assignment = new Assignment(attempt, fence, 1);
    return new TaskRun("w1", task, TaskSpec.shell("job"), assignment, session, SETTINGS);
  }

  private void endFirstAttemptAsLost() throws Exception {
    Attempt lost = new Attempt(1, "w1", null, 0, 1, "lost", null, null, null, 0);
    TaskResult result = TaskResult.NONE.afterLoss(lost, TaskLimits.DEFAULTS);
    stage.person().multi(Ending.of(task, -1, result, "w1"));
  }

  @ParameterizedTest
  @EnumSource
  void theFirstAttemptCannotEndTheSecondOneOfTheSameWorker(TestServer.Kind kind) throws Exception {
    givenATaskWithW1(kind);
    endFirstAttemptAsLost();
    stage.create("/assign/w1/" + task, "", CreateMode.PERSISTENT);

    run(1, -1).run(context -> TaskOutcome.done("too late"));

    assertThat(stage.exists("/tasks/" + task + "/status")).isFalse();
    assertThat(stage.exists("/assign/w1/" + task)).as("the second assignment").isTrue();

    run(2, 0).run(context -> TaskOutcome.done("in time"));

    assertThat(stage.read("/tasks/" + task + "/status")).isEqualTo("done");
    assertThat(stage.read("/tasks/" + task + "/result")).contains("in time");
    assertThat(stage.exists("/assign/w1/" + task)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void anAttemptWhoseAssignmentWasTakenAwayCannotEnd(TestServer.Kind kind) throws Exception {
    givenATaskWithW1(kind);
    stage.person().delete("/assign/w1/" + task, -1);

    run(1, -1).run(context -> TaskOutcome.done("too late"));

    assertThat(stage.person().getChildren("/tasks/" + task, false)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aTaskThatIsOverCannotEndAgain(TestServer.Kind kind) throws Exception {
    givenATaskWithW1(kind);
    stage.create("/tasks/" + task + "/status", "cancelled", CreateMode.PERSISTENT);

    run(1, -1).run(context -> TaskOutcome.done("too late"));

    assertThat(stage.read("/tasks/" + task + "/status")).isEqualTo("cancelled");
    assertThat(stage.exists("/tasks/" + task + "/result")).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void anEndIsWrittenThoughTheIndexOfDeadLettersWasRemoved(TestServer.Kind kind) throws Exception {
    givenATaskWithW1(kind);
    stage.person().delete(Layout.DEAD, -1);

    run(1, -1).run(context -> TaskOutcome.failed("as it must"));

    assertThat(stage.read("/tasks/" + task + "/status")).isEqualTo("failed");
    assertThat(stage.exists(Layout.dead(task))).isTrue();
  }
}
