package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the tree and the log that the tasks themselves wrote, and finds what must not be.
 *
 * <p>A task of {@link #COMMAND} writes a line when it starts and one when it ends, and prints who
 * it is, so a result can be traced to the run that made it.
 */
final class Auditor {
  /** What a task runs: its lines in the log are short enough to be appended whole. */
  static final String COMMAND =
      "me=$PADDOCK_TASK/$PADDOCK_ATTEMPT/$PADDOCK_WORKER/$$;"
          + " echo start $me >> \"$SIDE_LOG\"; echo $me; sleep $1;"
          + " echo end $me >> \"$SIDE_LOG\"";

  private final TaskClient client;
  private final Path sideLog;

  Auditor(TaskClient client, Path sideLog) {
    this.client = client;
    this.sideLog = sideLog;
  }

  /** Every violation, in words; none is the aim. */
  List<String> audit(List<String> submitted) throws IOException {
    Set<String> lines = new HashSet<>(Files.readAllLines(sideLog));
    List<String> faults = new ArrayList<>();
    List<TaskView> views = client.list(submitted);
    if (views.size() != submitted.size()) {
      faults.add((submitted.size() - views.size()) + " tasks are lost");
    }
    for (TaskView view : views) {
      audit(view, lines, faults);
    }
    Set<String> unknown = new HashSet<>(client.names());
    submitted.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      faults.add("tasks that nobody submitted: " + unknown);
    }
    return faults;
  }

  private void audit(TaskView view, Set<String> lines, List<String> faults) {
    String task = view.task();
    TaskResult result = view.result();
    if (!view.state().equals("done") || result == null || !"done".equals(result.status())) {
      faults.add(task + " is " + view.state() + " with " + result);
      return;
    }
    List<Attempt> attempts = result.attempts();
    int total = result.attemptsTotal();
    for (int i = 0; i < attempts.size(); i++) {
      Attempt attempt = attempts.get(i);
      boolean last = i == attempts.size() - 1;
      if (attempt.number() != total - attempts.size() + i + 1) {
        faults.add(task + ": two ends of one attempt: " + attempts);
      }
      if (last != attempt.outcome().equals("done")) {
        faults.add(task + ": not exactly its last attempt is done: " + attempts);
      }
    }
    int writes = client.requests().get(Layout.result(task)).stat().getVersion() + 1;
    if (writes != total) {
      faults.add(
          task + ": " + total + " attempts, but its result was written " + writes + " times");
    }
    Attempt last = result.last();
    String trace = last.output() == null ? "" : last.output().strip();
    if (!trace.startsWith(task + "/" + last.number() + "/" + last.worker() + "/")) {
      faults.add(task + ": the result is of another run: " + last);
    }
    if (!lines.contains("end " + trace)) {
      faults.add(task + ": recorded as done, but its process did not end: " + trace);
    }
  }

  static void assertClean(List<String> faults, long seed) {
    assertThat(faults).as("violations with seed " + seed).isEmpty();
  }
}
