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

  private TaskSystem system;
  private AsyncZooKeeper session;
  private String task;

  @AfterEach
  void closeSystem() throws Exception {
    system.close();
  }

  private void givenATaskWithW1(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    session = new AsyncZooKeeper(system.person());
    task = Layout.name(system.create("/tasks/task-", "job", CreateMode.PERSISTENT_SEQUENTIAL));
    system.create("/assign/w1", "", CreateMode.PERSISTENT);
    system.create("/assign/w1/" + task, "", CreateMode.PERSISTENT);
  }

  private TaskRun run(int attempt, int fence) {
    Assignment assignment = new Assignment(attempt, fence, 1);
    return new TaskRun("w1", task, TaskSpec.shell("job"), assignment, session, SETTINGS);
  }

  private void endFirstAttemptAsLost() throws Exception {
    Attempt lost = new Attempt(1, "w1", null, 0, 1, "lost", null, null, null, 0);
    TaskResult result = TaskResult.NONE.afterLoss(lost, TaskLimits.DEFAULTS);
    system.person().multi(Ending.of(task, -1, result, "w1"));
  }

  @ParameterizedTest
  @EnumSource
  void theFirstAttemptCannotEndTheSecondOneOfTheSameWorker(TestServer.Kind kind) throws Exception {
    givenATaskWithW1(kind);
    endFirstAttemptAsLost();
    system.create("/assign/w1/" + task, "", CreateMode.PERSISTENT);

    run(1, -1).run(context -> TaskOutcome.done("too late"));

    assertThat(system.exists("/tasks/" + task + "/status")).isFalse();
    assertThat(system.exists("/assign/w1/" + task)).as("the second assignment").isTrue();

    run(2, 0).run(context -> TaskOutcome.done("in time"));

    assertThat(system.read("/tasks/" + task + "/status")).isEqualTo("done");
    assertThat(system.read("/tasks/" + task + "/result")).contains("in time");
    assertThat(system.exists("/assign/w1/" + task)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void anAttemptWhoseAssignmentWasTakenAwayCannotEnd(TestServer.Kind kind) throws Exception {
    givenATaskWithW1(kind);
    system.person().delete("/assign/w1/" + task, -1);

    run(1, -1).run(context -> TaskOutcome.done("too late"));

    assertThat(system.person().getChildren("/tasks/" + task, false)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aTaskThatIsOverCannotEndAgain(TestServer.Kind kind) throws Exception {
    givenATaskWithW1(kind);
    system.create("/tasks/" + task + "/status", "cancelled", CreateMode.PERSISTENT);

    run(1, -1).run(context -> TaskOutcome.done("too late"));

    assertThat(system.read("/tasks/" + task + "/status")).isEqualTo("cancelled");
    assertThat(system.exists("/tasks/" + task + "/result")).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void anEndIsWrittenThoughTheIndexOfDeadLettersWasRemoved(TestServer.Kind kind) throws Exception {
    givenATaskWithW1(kind);
    system.person().delete(Layout.DEAD, -1);

    run(1, -1).run(context -> TaskOutcome.failed("as it must"));

    assertThat(system.read("/tasks/" + task + "/status")).isEqualTo("failed");
    assertThat(system.exists(Layout.dead(task))).isTrue();
  }
}
