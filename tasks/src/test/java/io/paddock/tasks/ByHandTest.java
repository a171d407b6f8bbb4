package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A person with a plain ZooKeeper client plays each role against our programs. */
class ByHandTest {
  private Stage stage;

  @AfterEach
  void closeStage() throws Exception {
    stage.close();
  }

  @ParameterizedTest
  @EnumSource
  void aTaskThatAPersonCreatesIsExecuted(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.activeMaster("m1:1");
    stage.worker("w1");

    String path = stage.create("/tasks/task-", "echo hi", CreateMode.PERSISTENT_SEQUENTIAL);

    Await.until("the status is there", () -> stage.exists(path + "/status"));
    assertThat(stage.read(path + "/status")).isEqualTo("done");
    assertThat(stage.read(path + "/result")).contains("\"output\":\"hi\\n\"");
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatAPersonPlaysIsGivenWork(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.activeMaster("m1:1");
    stage.create("/workers/w9", "it is me", CreateMode.EPHEMERAL);
    String first = stage.client().submit(TaskSpec.shell("cut the hedge"));
    String second = stage.client().submit(TaskSpec.shell("water the lawn"));

    Await.until("the first is assigned", () -> stage.exists("/assign/w9/" + first));
    assertThat(stage.exists("/assign/w9/" + second)).as("a person has one slot").isFalse();
    assertThat(stage.read("/tasks/" + first)).contains("cut the hedge");
    stage.create("/tasks/" + first + "/status", "done", CreateMode.PERSISTENT);

    Await.until("the second is assigned", () -> stage.exists("/assign/w9/" + second));
    assertThat(stage.exists("/assign/w9/" + first)).isFalse();
    TaskView end = stage.client().await(first, 60_000);
    assertThat(end.state()).isEqualTo("done");
    assertThat(end.worker()).isEqualTo("w9");
  }

  @ParameterizedTest
  @EnumSource
  void aPersonWhoHoldsMasterSeesOurWorkersExecute(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.person();
    stage.create("/master", "my desk:1", CreateMode.EPHEMERAL);
    Master standby = stage.master("m1:1");
    stage.worker("w1");
    String path = stage.create("/tasks/task-", "echo by hand", CreateMode.PERSISTENT_SEQUENTIAL);
    String task = Layout.name(path);

    stage.create("/assign/w1/" + task, "", CreateMode.PERSISTENT);

    Await.until("the status is there", () -> stage.exists(path + "/status"));
    assertThat(stage.read(path + "/status")).isEqualTo("done");
    assertThat(stage.exists("/assign/w1/" + task)).isFalse();
    assertThat(standby.active()).isFalse();
    assertThat(stage.read("/master")).isEqualTo("my desk:1");
  }
}
