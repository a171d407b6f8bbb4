package io.paddock.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.Op;

/**
 * Removes finished tasks with all that belongs to them: first many in one transaction, and when
 * that is refused, each by itself.
 */
final class TaskPurge {
  private final Port port;
  private final List<TaskEntry> tasks;
  private final Consumer<String> refused;
  private final List<List<String>> children = new ArrayList<>();

  /**
   * A purge that has not begun.
   *
   * @param refused told of each task that could not be removed
   */
  TaskPurge(Port port, List<TaskEntry> tasks, Consumer<String> refused) {
    this.port = port;
    this.tasks = tasks;
    this.refused = refused;
  }

  void begin() {
    for (TaskEntry task : tasks) {
      port.children(
          Layout.task(task.name()),
          names -> {
            children.add(names == null ? List.of() : names);
            if (children.size() == tasks.size()) {
              together();
            }
          });
    }
  }

  private void together() {
    List<Op> ops = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      ops.addAll(removal(tasks.get(i), children.get(i)));
    }
    port.write(
        ops,
        refusal -> {
          if (refusal != null) {
            for (int i = 0; i < tasks.size(); i++) {
              single(tasks.get(i), children.get(i));
            }
          }
        });
  }

  private void single(TaskEntry task, List<String> below) {
    port.write(
        removal(task, below),
        refusal -> {
          if (refusal != null) {
            bare(task, below);
          }
        });
  }

  /** Without the index entries, one of which may have been missing; they go by themselves. */
  private void bare(TaskEntry task, List<String> below) {
    List<Op> index = index(task);
    for (Op op : index) {
      port.write(List.of(op), refusal -> {});
    }
    List<Op> ops = removal(task, below);
    port.write(
        ops.subList(0, ops.size() - index.size()),
        refusal -> {
          if (refusal != null) {
            refused.accept(task.name());
          }
        });
  }

  private static List<Op> removal(TaskEntry task, List<String> below) {
    List<Op> ops = new ArrayList<>();
    for (String name : below) {
      ops.add(Op.delete(Layout.task(task.name()) + "/" + name, -1));
    }
    ops.add(Op.delete(Layout.task(task.name()), -1));
    ops.addAll(index(task));
    return ops;
  }

  private static List<Op> index(TaskEntry task) {
    List<Op> ops = new ArrayList<>();
    if (task.dead()) {
      ops.add(Op.delete(Layout.dead(task.name()), -1));
    }
    if (task.key() != null) {
      ops.add(Op.delete(Layout.key(task.key()), -1));
    }
    return ops;
  }
}
