package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A person with a plain ZooKeeper client plays each role against our programs. */
class ByHandTest {
  private TaskSystem system;

  @AfterEach
  void closeSystem() throws Exception {
    system.close();
  }

  @ParameterizedTest
  @EnumSource
  void aTaskThatAPersonCreatesIsExecuted(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.worker("w1");

    String path = system.create("/tasks/task-", "echo hi", CreateMode.PERSISTENT_SEQUENTIAL);

    Await.until("the status is there", () -> system.exists(path + "/status"));
    assertThat(system.read(path + "/status")).isEqualTo("done");
    assertThat(system.read(path + "/result")).contains("\"output\":\"hi\\n\"");
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatAPersonPlaysIsGivenWork(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.create("/workers/w9", "it is me", CreateMode.EPHEMERAL);
    String first = system.client().submit(TaskSpec.shell("cut the hedge"));
    String second = system.client().submit(TaskSpec.shell("water the lawn"));

    Await.until("the first is assigned", () -> system.exists("/assign/w9/" + first));
    assertThat(system.exists("/assign/w9/" + second)).as("a person has one slot").isFalse();
    assertThat(system.read("/tasks/" + first)).contains("cut the hedge");
    system.create("/tasks/" + first + "/status", "done", CreateMode.PERSISTENT);

    Await.until("the second is assigned", () -> system.exists("/assign/w9/" + second));
    assertThat(system.exists("/assign/w9/" + first)).isFalse();
    TaskView end = system.client().await(first, 60_000);
    assertThat(end.state()).isEqualTo("done");
    assertThat(end.worker()).isEqualTo("w9");
  }

  @ParameterizedTest
  @EnumSource
  void aPersonWhoHoldsMasterSeesOurWorkersExecute(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.person();
    system.create("/master", "my desk:1", CreateMode.EPHEMERAL);
    Master standby = system.master("m1:1");
    system.worker("w1");
    String path = system.create("/tasks/task-", "echo by hand", CreateMode.PERSISTENT_SEQUENTIAL);
    String task = Layout.name(path);

    system.create("/assign/w1/" + task, "", CreateMode.PERSISTENT);

    Await.until("the status is there", () -> system.exists(path + "/status"));
    assertThat(system.read(path + "/status")).isEqualTo("done");
    assertThat(system.exists("/assign/w1/" + task)).isFalse();
    assertThat(standby.active()).isFalse();
    assertThat(system.read("/master")).isEqualTo("my desk:1");
  }
}
