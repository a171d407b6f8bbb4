package io.paddock.tasks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a master knows and decides: gets told what changed in the tree, and answers with
 * transactions. The state diagram is in docs/tasks.md.
 *
 * <p>It holds what the tree says and may be thrown away and read anew at any time. For one thread;
 * nothing in it waits. Longer than other files, because the transitions of one state diagram are
 * best read in one place.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final int PURGE_MAX = 32;

  private final Port port;
  private final int epoch;
  private final int batchMax;
  private TaskLimits limits;
  private final Scheduler scheduler = new Scheduler();
  private final Retention retention = new Retention();
  private final Map<String, TaskEntry> tasks = new HashMap<>();
  private final Map<String, Set<TaskEntry>> byWorker = new HashMap<>();
  private final Map<TaskEntry, Object> reads = new HashMap<>();

  Dispatcher(Port port, int epoch, int batchMax, TaskLimits limits) {
    this.port = port;
    this.epoch = epoch;
    this.batchMax = batchMax;
    this.limits = limits;
  }

  void limits(TaskLimits value) {
    limits = value;
  }

  int waiting() {
    return scheduler.waiting();
  }

  int known() {
    return tasks.size();
  }

  /** How many further tasks may wait in {@code /tasks}: a quarter of it is for those that wait. */
  int room() {
    return Math.max(1, limits.tasksMax() / 4) - scheduler.waiting() - reads.size();
  }

  long nextDue() {
    return scheduler.nextDue();
  }

  // ---- workers

  /** A worker registered, or changed what it says of itself. */
  void worker(String id, WorkerInfo info) {
    boolean fresh = !scheduler.hasWorker(id);
    scheduler.worker(id, info);
    if (fresh) {
      // Our workers make their own; a person may only have made the ephemeral.
      port.get(
          Layout.assignments(id),
          node -> {
            if (node == null) {
              createAssignmentsParent(id);
            }
          });
    }
  }

  private void createAssignmentsParent(String worker) {
    port.write(List.of(Ending.create(Layout.assignments(worker), new byte[0])), refusal -> {});
  }

  /** A worker's znode is gone: others get its tasks. */
  void workerGone(String id) {
    scheduler.workerGone(id);
    for (TaskEntry entry : List.copyOf(byWorker.getOrDefault(id, Set.of()))) {
      if (entry.state() == TaskEntry.State.ASSIGNED) {
        endLost(entry);
      }
    }
    clearParent(id);
  }

  /** Removes the parent of a dead worker's assignments once the last one is gone. */
  void clearParent(String id) {
    if (!scheduler.hasWorker(id) && !byWorker.containsKey(id)) {
      port.write(List.of(Op.delete(Layout.assignments(id), -1)), refusal -> {});
    }
  }

  // ---- tasks

  /** A task is there or has changed: reads it, then decides. */
  void look(String task) {
    TaskEntry entry = tasks.computeIfAbsent(task, TaskEntry::new);
    leaveQueues(entry);
    entry.state(TaskEntry.State.UNKNOWN);
    Object read = new Object();
    reads.put(entry, read); // an answer counts only if no later look has begun
    port.read(
        task,
        nodes -> {
          if (reads.remove(entry, read) && tasks.get(task) == entry) {
            absorb(entry, nodes);
          }
        });
  }

  /** What the tree says of a task, as read at the start of a term. */
  void found(String task, Port.TaskNodes nodes) {
    absorb(tasks.computeIfAbsent(task, TaskEntry::new), nodes);
  }

  private void absorb(TaskEntry entry, Port.TaskNodes nodes) {
    if (nodes.task() == null) {
      removed(entry.name());
      return;
    }
    TaskSpec spec = TaskSpec.parse(nodes.task().data());
    entry.describe(nodes.task(), spec, scheduler.shared(Demand.of(spec)));
    entry.history(nodes.result());
    if (nodes.status() != null) {
      entry.finish(nodes.status());
      retention.add(entry);
      if (entry.worker() != null) {
        clearAfter(entry, nodes);
      }
    } else if (entry.worker() == null) {
      entry.state(TaskEntry.State.WAITING);
      scheduler.offer(entry, port.now());
    } else {
      entry.state(TaskEntry.State.ASSIGNED);
      if (!scheduler.hasWorker(entry.worker())) {
        endLost(entry);
      }
    }
  }

  private void leaveQueues(TaskEntry entry) {
    if (entry.state() == TaskEntry.State.WAITING) {
      scheduler.withdraw(entry);
    } else if (entry.state() == TaskEntry.State.FINISHED) {
      retention.remove(entry);
    }
  }

  /** A task's znode changed: who may not be disturbed is left alone. */
  void edited(String task) {
    TaskEntry entry = tasks.get(task);
    if (entry == null || entry.state() == TaskEntry.State.WAITING) {
      look(task);
    }
  }

  /** A task's znode is gone. */
  void removed(String task) {
    TaskEntry entry = tasks.remove(task);
    if (entry == null) {
      return;
    }
    leaveQueues(entry);
    reads.remove(entry);
    if (entry.worker() != null) {
      deleteAssignment(entry.worker(), task);
      unassign(entry);
    }
  }

  /** A status appeared: whoever wrote it, the task is over. */
  void statusWritten(String task) {
    look(task);
  }

  /** A status is gone: the task was redriven, or is being removed. */
  void statusRemoved(String task) {
    if (tasks.containsKey(task)) {
      look(task);
    }
  }

  /**
   * A task is over but its assignment stands: the status was written by hand, or by whoever
   * cancelled. The answer to our read comes after the events of the transaction that wrote the
   * status, so an assignment that went with it is known to be gone by now.
   */
  private void clearAfter(TaskEntry entry, Port.TaskNodes nodes) {
    String worker = entry.worker();
    List<Op> ops = new ArrayList<>();
    if (nodes.result() == null) {
      String word = new String(nodes.status().data(), java.nio.charset.StandardCharsets.UTF_8);
      long at = nodes.status().stat().getCtime();
      Attempt attempt =
          new Attempt(1, worker, null, 0, at, TaskStatus.of(word).word(), null, null, null, 0);
      TaskResult result = new TaskResult(word.strip(), List.of(attempt), 1, 0, 0, 0);
      ops.add(Ending.create(Layout.result(entry.name()), result.bytes()));
    }
    ops.add(Op.delete(Layout.assignment(worker, entry.name()), -1));
    port.write(
        ops,
        refusal -> {
          if (refusal != null && ops.size() > 1) {
            deleteAssignment(worker, entry.name());
          }
        });
  }

  private void deleteAssignment(String worker, String task) {
    port.write(List.of(Op.delete(Layout.assignment(worker, task), -1)), refusal -> {});
  }

  // ---- assignments

  /** An assignment is there: our own, or a person's. */
  void assigned(String worker, String task) {
    TaskEntry entry = tasks.get(task);
    if (entry == null) {
      entry = tasks.computeIfAbsent(task, TaskEntry::new);
      assign(entry, worker);
      scheduler.take(worker);
      look(task);
    } else if (entry.worker() == null) {
      boolean finished = entry.state() == TaskEntry.State.FINISHED;
      leaveQueues(entry);
      assign(entry, worker);
      scheduler.take(worker);
      if (finished || !scheduler.hasWorker(worker)) {
        look(task);
      } else if (entry.state() == TaskEntry.State.WAITING) {
        entry.state(TaskEntry.State.ASSIGNED);
      }
    } else if (!entry.worker().equals(worker)) {
      LOG.warn("{} is assigned to {} and to {}; the latter goes", task, entry.worker(), worker);
      deleteAssignment(worker, task);
    }
  }

  /** An assignment as found at the start of a term, before its task is read. */
  void foundAssignment(String worker, String task) {
    TaskEntry entry = tasks.computeIfAbsent(task, TaskEntry::new);
    if (entry.worker() != null) {
      boolean better = !scheduler.hasWorker(entry.worker()) && scheduler.hasWorker(worker);
      String goes = better ? entry.worker() : worker;
      LOG.warn("{} is assigned twice; the assignment to {} goes", task, goes);
      deleteAssignment(goes, task);
      if (!better) {
        return;
      }
      unassign(entry);
    }
    assign(entry, worker);
    scheduler.take(worker);
  }

  /** What was assigned but found nowhere below {@code /tasks}. */
  void dropUnfound(Set<String> found) {
    for (TaskEntry entry : List.copyOf(tasks.values())) {
      if (!found.contains(entry.name())) {
        removed(entry.name());
      }
    }
  }

  /** An assignment is gone: its slot is free, and its task waits again unless it is over. */
  void unassigned(String worker, String task) {
    TaskEntry entry = tasks.get(task);
    if (entry == null || !worker.equals(entry.worker())) {
      return;
    }
    boolean over = entry.state() == TaskEntry.State.FINISHED;
    boolean read = entry.state() == TaskEntry.State.UNKNOWN;
    unassign(entry);
    if (!over && !read) {
      look(task);
    }
    clearParent(worker);
  }

  private void assign(TaskEntry entry, String worker) {
    entry.worker(worker);
    byWorker.computeIfAbsent(worker, id -> new LinkedHashSet<>()).add(entry);
  }

  private void unassign(TaskEntry entry) {
    String worker = entry.worker();
    entry.worker(null);
    scheduler.release(worker);
    Set<TaskEntry> entries = byWorker.get(worker);
    if (entries != null && entries.remove(entry) && entries.isEmpty()) {
      byWorker.remove(worker);
    }
  }

  /** Ends the attempt of a worker that is gone, in its place. */
  private void endLost(TaskEntry entry) {
    entry.state(TaskEntry.State.ENDING);
    String worker = entry.worker();
    port.get(
        Layout.result(entry.name()),
        node -> {
          if (entry.state() != TaskEntry.State.ENDING || !worker.equals(entry.worker())) {
            return;
          }
          TaskResult before = node == null ? TaskResult.NONE : TaskResult.parse(node.data());
          int fence = node == null ? -1 : node.stat().getVersion();
          Attempt attempt =
              new Attempt(
                  before.attemptsTotal() + 1,
                  worker,
                  null,
                  0,
                  port.now(),
                  TaskStatus.LOST.word(),
                  null,
                  "its worker went away",
                  null,
                  0);
          LOG.info("{}: its worker {} went away", entry.name(), worker);
          port.write(
              Ending.of(entry.name(), fence, before.afterLoss(attempt, limits), worker),
              refusal -> {
                if (refusal != null) {
                  look(entry.name()); // somebody else ended it
                }
              });
        });
  }

  // ---- the step

  /** Assigns what can be assigned, in at most {@code batches} transactions. Returns how many. */
  int assign(int batches) {
    List<Scheduler.Placement> placements = scheduler.place(port.now(), batches * batchMax);
    int sent = 0;
    for (int from = 0; from < placements.size(); from += batchMax) {
      send(placements.subList(from, Math.min(placements.size(), from + batchMax)));
      sent++;
    }
    return sent;
  }

  private void send(List<Scheduler.Placement> placements) {
    List<Op> ops = new ArrayList<>();
    Set<String> workers = new HashSet<>();
    for (Scheduler.Placement placement : placements) {
      if (workers.add(placement.worker())) {
        ops.add(Op.check(Layout.worker(placement.worker()), -1));
      }
    }
    int checks = ops.size();
    for (Scheduler.Placement placement : placements) {
      TaskEntry entry = placement.task();
      entry.state(TaskEntry.State.ASSIGNING);
      assign(entry, placement.worker());
      Assignment assignment = new Assignment(entry.attempts() + 1, entry.fence(), epoch);
      String path = Layout.assignment(placement.worker(), entry.name());
      ops.add(Ending.create(path, assignment.bytes()));
    }
    List<Scheduler.Placement> batch = List.copyOf(placements);
    port.write(
        ops,
        refusal -> {
          for (int i = 0; i < batch.size(); i++) {
            answered(batch.get(i), refusal, checks + i);
          }
        });
  }

  private void answered(
      Scheduler.Placement placement, AsyncZooKeeper.RefusedMulti refusal, int index) {
    TaskEntry entry = placement.task();
    String worker = placement.worker();
    if (!worker.equals(entry.worker())) {
      return; // it was removed meanwhile
    }
    boolean culprit = refusal != null && refusal.index() == index;
    if (refusal == null || culprit && refusal.code() == Code.NODEEXISTS) {
      // An assignment that is there already is as good as one we made.
      if (entry.state() == TaskEntry.State.FINISHED) {
        look(entry.name());
      } else if (entry.state() == TaskEntry.State.ASSIGNING) {
        entry.state(TaskEntry.State.ASSIGNED);
        if (!scheduler.hasWorker(worker)) {
          endLost(entry);
        }
      }
      return;
    }
    if (culprit && refusal.code() == Code.NONODE) {
      createAssignmentsParent(worker);
    }
    unassign(entry);
    if (entry.state() == TaskEntry.State.ASSIGNING) {
      look(entry.name());
    }
  }

  /** Removes finished tasks that were kept long enough. Returns whether there were any. */
  boolean purge() {
    List<TaskEntry> due = retention.due(port.now(), limits, PURGE_MAX);
    if (due.isEmpty()) {
      return false;
    }
    due.forEach(
        entry -> tasks.remove(entry.name(), entry)); // the events of its removal are no news
    new TaskPurge(port, due, this::look).begin();
    return true;
  }

  int finished() {
    return retention.finished();
  }

  int dead() {
    return retention.dead();
  }
}
