package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.tasks.Attempt;
import io.paddock.tasks.TaskResult;
import io.paddock.tasks.TaskSpec;
import io.paddock.tasks.TaskView;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The demo's verdict: what it must not let pass. */
class DemoTableTest {
  private final Map<String, DemoJob> jobs = new LinkedHashMap<>();
  private final List<TaskView> views = new ArrayList<>();
  private final StringWriter printed = new StringWriter();

  private void task(String state, String output, String... outcomes) {
    String name = "task-" + jobs.size();
    DemoJob job = new DemoJob("echo 42", 1, "42");
    List<Attempt> attempts = new ArrayList<>();
    for (String outcome : outcomes) {
      int number = attempts.size() + 1;
      attempts.add(
          new Attempt(number, "w" + number, "run" + number, 1, 2, outcome, 0, null, output, 3));
    }
    TaskResult result = new TaskResult(state, attempts, attempts.size(), 0, 0, 0);
    jobs.put(name, job);
    views.add(
        new TaskView(
            name, state, "w1", attempts.size(), 1, 0, TaskSpec.shell(job.command()), result, null));
  }

  private void check() {
    new DemoTable(new Narrator(new PrintWriter(printed)), jobs, views).tellAndCheck();
  }

  @Test
  void oneResultForEachTaskIsRightAlsoAfterALostAttempt() {
    task("done", "42\n", "done");
    task("done", "42\n", "lost", "done");
    check();
    assertThat(printed.toString())
        .contains("2: w1 lost, w2 done")
        .contains("2 tasks, 2 results, none lost, none twice; 1 had to be run again.");
  }

  @Test
  void aTaskWithTwoResultsIsNoticed() {
    task("done", "42\n", "lost", "done");
    task("done", "42\n", "done", "done");
    assertThatThrownBy(this::check)
        .isInstanceOf(DemoException.class)
        .hasMessageContaining("[task-1]");
  }

  @Test
  void aFailedTaskAndAWrongOutputAreNoticed() {
    task("done", "42\n", "lost", "done");
    task("failed", "42\n", "failed");
    task("done", "43\n", "done");
    assertThatThrownBy(this::check).hasMessageContaining("[task-1, task-2]");
  }

  @Test
  void aTaskThatIsGoneIsNoticed() {
    task("done", "42\n", "lost", "done");
    task("done", "42\n", "done");
    views.remove(1);
    assertThatThrownBy(this::check).hasMessageContaining("of 2 tasks there are 1 left");
  }

  @Test
  void aRunInWhichNothingHadToBeRunAgainShowsNothing() {
    task("done", "42\n", "done");
    assertThatThrownBy(this::check).hasMessageContaining("no task had to be run again");
  }
}
