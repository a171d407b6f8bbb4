package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The small classes that need no server. */
class TaskValuesTest {
  private static TaskSpec parse(String text) {
    return TaskSpec.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aPlainStringIsAShellCommand() {
    assertThat(parse("echo hi").command()).isEqualTo("echo hi");
    assertThat(parse("{ echo hi; }").command()).as("braces of the shell").isEqualTo("{ echo hi; }");
    assertThat(parse("{ echo hi; }").error()).isNull();
  }

  @Test
  void aJsonObjectIsAFullSpec() {
    TaskSpec spec = parse(" {\"args\":[\"ls\",\"-l\"],\"retries\":3,\"labels\":[\"gpu\"]}");

    assertThat(spec.args()).containsExactly("ls", "-l");
    assertThat(spec.retries()).isEqualTo(3);
    assertThat(spec.labels()).containsExactly("gpu");
    assertThat(TaskSpec.parse(spec.bytes())).isEqualTo(spec);
  }

  @Test
  void whatIsWrongWithASpecIsSaid() {
    assertThat(parse("{\"comand\":\"ls\"}").error()).contains("comand");
    assertThat(parse("{\"command\":[1,{}]}").error()).contains("no task");
    assertThat(parse("  ").error()).isEqualTo("there is no command");
    assertThat(TaskSpec.parse(null).error()).isEqualTo("there is no command");
  }

  @Test
  void thePauseDoublesWithinItsBoundAndHalfOfItIsDrawn() {
    assertThat(Backoff.pauseMs(0, 1, 0)).isEqualTo(500);
    assertThat(Backoff.pauseMs(0, 1, 1)).isEqualTo(1_000);
    assertThat(Backoff.pauseMs(100, 4, 1)).isEqualTo(800);
    assertThat(Backoff.pauseMs(1_000, 1_000, 1)).isEqualTo(600_000);
    assertThat(Backoff.pauseMs(Long.MAX_VALUE, 1, 1)).isEqualTo(600_000);
  }

  @Test
  void theTailOfTheOutputIsKeptFromAWholeCharacterOn() {
    OutputTail tail = new OutputTail(5);
    tail.append("abc");
    assertThat(tail.text()).isEqualTo("abc");
    tail.append("déé"); // d and two characters of two bytes
    assertThat(tail.text()).isEqualTo("déé");
    tail.append("x");
    assertThat(tail.text()).isEqualTo("ééx");
    tail.append("y");
    assertThat(tail.text()).as("half of a character is left out").isEqualTo("éxy");
    assertThat(tail.total()).isEqualTo(10);
    tail.append("0123456789");
    assertThat(tail.text()).isEqualTo("56789");
  }

  @Test
  void aResultKeepsABoundedHistory() {
    TaskResult result = TaskResult.NONE;
    TaskSpec spec = TaskSpec.builder().command("x").retries(100).build();
    for (int i = 1; i <= 40; i++) {
      Attempt attempt =
          new Attempt(i, "w", "r" + i, 1, 2, "failed", 1, null, "o".repeat(10_000), 10_000);
      result = result.after(spec, attempt, 0.5);
    }
    assertThat(result.attemptsTotal()).isEqualTo(40);
    assertThat(result.attempts()).hasSize(16);
    assertThat(result.last().output()).hasSize(10_000);
    assertThat(result.bytes().length).isLessThan(50_000);
    assertThat(result.status()).isNull();
    assertThat(TaskResult.parse(result.bytes())).isEqualTo(result);
  }

  @Test
  void aTaskThatLosesWorkersWithoutEndFails() {
    TaskResult result = TaskResult.NONE;
    for (int i = 1; i <= 3; i++) {
      assertThat(result.status()).isNull();
      Attempt lost = new Attempt(i, "w", null, 0, 2, "lost", null, null, null, 0);
      result = result.afterLoss(lost, new TaskLimits(0, 0, 0, 0, 0, 0, 0, 0, 3));
    }
    assertThat(result.status()).isEqualTo("failed");
  }

  @Test
  void spansOfTimeAreReadAsPeopleWriteThem() {
    assertThat(TaskCommands.span("500ms")).isEqualTo(500);
    assertThat(TaskCommands.span("1.5")).isEqualTo(1_500);
    assertThat(TaskCommands.span("2 h".replace(" ", ""))).isEqualTo(7_200_000);
    assertThatThrownBy(() -> TaskCommands.span("soon"))
        .isInstanceOf(CommandLine.TypeConversionException.class)
        .hasMessageContaining("soon");
  }

  private static WorkerView worker(boolean draining, int assigned, String... labels) {
    WorkerInfo info = new WorkerInfo("host", 1, 2, Set.of(labels), Set.of(), draining);
    return new WorkerView("w", info, assigned);
  }

  private static String why(String type, String label, WorkerView... workers) {
    TaskSpec.Builder spec = TaskSpec.builder().type(type).command("true");
    if (label != null) {
      spec.label(label);
    }
    TaskView task = new TaskView("t", TaskView.WAITING, null, 0, 0, 0, spec.build(), null, null);
    SystemStatus status = new SystemStatus("m:1", 1, workers.length, 0, 0, 0, 1, 0, 0);
    return WhyWaiting.words(task, status, List.of(workers));
  }

  @Test
  void whatStandsInATasksWayIsSaid() {
    assertThat(why("command", null)).isEqualTo("because there is no worker");
    assertThat(why("command", "gpu", worker(false, 0, "big")))
        .isEqualTo("because no worker has the labels gpu");
    assertThat(why("resize", "gpu", worker(false, 0, "gpu")))
        .isEqualTo("because no worker has a handler for the type resize and the labels gpu");
    assertThat(why("command", "gpu", worker(true, 0, "gpu"), worker(false, 0)))
        .isEqualTo("because every worker that could run it is draining");
    assertThat(why("command", "gpu", worker(true, 0, "gpu"), worker(false, 2, "gpu")))
        .isEqualTo("because every worker that could run it is busy");
    assertThat(why("command", "gpu", worker(false, 1, "gpu"))).isNull();
  }
}
