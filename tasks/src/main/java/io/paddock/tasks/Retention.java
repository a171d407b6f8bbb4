package io.paddock.tasks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Which finished tasks have been kept long enough: by age, and by how many there are. Pure. */
final class Retention {
  private static final Comparator<TaskEntry> OLDEST_FIRST =
      Comparator.comparingLong(TaskEntry::finished).thenComparing(TaskEntry::name);

  private final TreeSet<TaskEntry> finished = new TreeSet<>(OLDEST_FIRST);
  private final TreeSet<TaskEntry> dead = new TreeSet<>(OLDEST_FIRST);

  /** Keeps a task from now on; its time of finishing must not change meanwhile. */
  void add(TaskEntry task) {
    (task.dead() ? dead : finished).add(task);
  }

  void remove(TaskEntry task) {
    finished.remove(task);
    dead.remove(task);
  }

  int finished() {
    return finished.size();
  }

  int dead() {
    return dead.size();
  }

  /** Up to {@code max} tasks that may go; they are no longer kept here. */
  List<TaskEntry> due(long now, TaskLimits limits, int max) {
    List<TaskEntry> due = new ArrayList<>();
    take(finished, now - limits.finishedAgeMs(), limits.finishedMax(), max, due);
    take(dead, now - limits.deadAgeMs(), limits.deadMax(), max, due);
    return due;
  }

  private static void take(
      TreeSet<TaskEntry> kept, long before, int keep, int max, List<TaskEntry> due) {
    while (due.size() < max
        && !kept.isEmpty()
        && (kept.size() > keep || kept.first().finished() < before)) {
      due.add(kept.pollFirst());
    }
  }
}
