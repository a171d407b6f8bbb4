package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a task costs the ensemble. */
class WritesTest {
  private Stage stage;

  @AfterEach
  void closeStage() throws Exception {
    stage.close();
  }

  @ParameterizedTest
  @EnumSource
  void aTaskTakesThreeTransactionsSubmitAssignAndEnd(TestServer.Kind kind) throws Exception {
    stage = new Stage(kind);
    stage.activeMaster("m1:1");
    stage.start(stage.workerBuilder("w1").handler("noop", task -> null));
    assertThat(stage.end(stage.client().submit(noop()))).isEqualTo("done");

    String task = stage.client().submit(noop());
    assertThat(stage.end(task)).isEqualTo("done");

    long submitted = stage.person().exists("/tasks/" + task, false).getCzxid();
    long ended = stage.person().exists("/tasks/" + task + "/status", false).getCzxid();
    long result = stage.person().exists("/tasks/" + task + "/result", false).getCzxid();
    assertThat(ended - submitted).as("submit, then assign, then end").isEqualTo(2);
    assertThat(result).as("status and result are one transaction").isEqualTo(ended);
  }

  private static TaskSpec noop() {
    return TaskSpec.builder().type("noop").build();
  }
}
