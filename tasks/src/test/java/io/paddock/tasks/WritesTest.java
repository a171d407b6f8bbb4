package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a task costs the ensemble. */
class WritesTest {
  private TaskSystem system;

  @AfterEach
  void closeSystem() throws Exception {
    system.close();
  }

  @ParameterizedTest
  @EnumSource
  void aTaskTakesThreeTransactionsSubmitAssignAndEnd(TestServer.Kind kind) throws Exception {
    system = new TaskSystem(kind);
    system.activeMaster("m1:1");
    system.start(system.workerBuilder("w1").handler("noop", task -> null));
    assertThat(system.end(system.client().submit(noop()))).isEqualTo("done");

    String task = system.client().submit(noop());
    assertThat(system.end(task)).isEqualTo("done");

    long submitted = system.person().exists("/tasks/" + task, false).getCzxid();
    long ended = system.person().exists("/tasks/" + task + "/status", false).getCzxid();
    long result = system.person().exists("/tasks/" + task + "/result", false).getCzxid();
    assertThat(ended - submitted).as("submit, then assign, then end").isEqualTo(2);
    assertThat(result).as("status and result are one transaction").isEqualTo(ended);
  }

  private static TaskSpec noop() {
    return TaskSpec.builder().type("noop").build();
  }
}
