package io.paddock.dist;

import io.paddock.tasks.Attempt;
import io.paddock.tasks.TaskStatus;
import io.paddock.tasks.TaskView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The end of the demo: a row for each task, and whether each has exactly one result. */
final class DemoTable {
  private static final String ROW = "  %-16s %-42s %-18s %-8s %-7s  %s%n";

  private final Narrator narrator;
  private final Map<String, DemoJob> jobs;
  private final List<TaskView> views;

  DemoTable(Narrator narrator, Map<String, DemoJob> jobs, List<TaskView> views) {
    this.narrator = narrator;
    this.jobs = jobs;
    this.views = views;
  }

  /** Prints the rows; throws a {@link DemoException} that names all tasks that are not right. */
  void tellAndCheck() {
    narrator.chapter("Every task, its attempts, where it ran, and its result");
    narrator.text(ROW.formatted("TASK", "WHAT", "OUTPUT", "RESULT", "RESULTS", "ATTEMPTS"));
    List<String> wrong = new ArrayList<>();
    int again = 0;
    for (TaskView view : views) {
      DemoJob job = jobs.get(view.task());
      String output = output(view);
      narrator.text(
          ROW.formatted(
              view.task(), job.title(), output, view.state(), results(view), attempts(view)));
      if (!view.state().equals(TaskStatus.DONE.word())
          || results(view) != 1
          || !output.equals(job.expected())) {
        wrong.add(view.task());
      }
      again += view.attempts() > 1 ? 1 : 0;
    }
    if (views.size() != jobs.size()) {
      throw new DemoException("of " + jobs.size() + " tasks there are " + views.size() + " left");
    }
    if (!wrong.isEmpty()) {
      throw new DemoException("not exactly one right result: " + wrong);
    }
    if (again == 0) {
      throw new DemoException("no task had to be run again, though a busy worker was killed");
    }
    narrator.text(
        "%n%d tasks, %d results, none lost, none twice; %d had to be run again.%n"
            .formatted(jobs.size(), views.size(), again));
  }

  private static List<Attempt> all(TaskView view) {
    return view.result() == null ? List.of() : view.result().attempts();
  }

  /** How many attempts ended with a result, rather than with the loss of their worker. */
  private static long results(TaskView view) {
    return all(view).stream()
        .filter(attempt -> !attempt.outcome().equals(TaskStatus.LOST.word()))
        .count();
  }

  private static String output(TaskView view) {
    List<Attempt> attempts = all(view);
    String printed = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1).output();
    return printed == null ? "" : printed.strip();
  }

  private static String attempts(TaskView view) {
    List<String> words = new ArrayList<>();
    for (Attempt attempt : all(view)) {
      words.add(attempt.worker() + " " + attempt.outcome());
    }
    return words.size() + ": " + String.join(", ", words);
  }
}
