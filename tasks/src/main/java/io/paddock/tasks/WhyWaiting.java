package io.paddock.tasks;

import java.util.List;

/** Why a task is still waiting, in words for a person. Pure. */
final class WhyWaiting {
  private WhyWaiting() {}

  /** The reason; null when the task does not wait, or nothing stands in its way. */
  static String words(TaskView task, SystemStatus status, List<WorkerView> workers) {
    if (!task.state().equals(TaskView.WAITING)) {
      return null;
    }
    if (status.master() == null) {
      return "because there is no master";
    }
    if (workers.isEmpty()) {
      return "because there is no worker";
    }
    Demand demand = Demand.of(task.spec());
    List<WorkerView> able =
        workers.stream().filter(worker -> worker.info().draining(false).meets(demand)).toList();
    if (able.isEmpty()) {
      return "because no worker " + asked(demand);
    }
    if (able.stream().allMatch(worker -> worker.info().draining())) {
      return "because every worker that could run it is draining";
    }
    boolean busy =
        able.stream()
            .filter(worker -> !worker.info().draining())
            .allMatch(worker -> worker.assigned() >= worker.info().slots());
    return busy ? "because every worker that could run it is busy" : null;
  }

  private static String asked(Demand demand) {
    String labels = String.join(", ", demand.labels().stream().sorted().toList());
    if (demand.type().equals(TaskSpec.COMMAND)) {
      return "has the labels " + labels;
    }
    String handler = "has a handler for the type " + demand.type();
    return labels.isEmpty() ? handler : handler + " and the labels " + labels;
  }
}
