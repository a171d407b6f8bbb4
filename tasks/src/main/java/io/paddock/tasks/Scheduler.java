package io.paddock.tasks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides which waiting task goes to which worker: by rank among those whose demand a worker with a
 * free slot meets, to the worker with the most free slots.
 *
 * <p>Pure: no clock, no server. For one thread. Tasks with the same demand share one queue, so a
 * demand that nobody meets holds up no other.
 */
final class Scheduler {
  /** What one step of priority is worth in waiting. */
  static final long PRIORITY_STEP_MS = 60_000;

  private static final int DEMANDS_MAX = 10_000;

  /** One decision. */
  record Placement(TaskEntry task, String worker) {}

  /** A worker and its slots in use. */
  private static final class Host {
    private final String id;
    private WorkerInfo info;
    private int used;

    private Host(String id) {
      this.id = id;
    }

    private int free() {
      return info == null ? 0 : info.slots() - used;
    }
  }

  private static final Comparator<TaskEntry> BY_RANK =
      Comparator.<TaskEntry>comparingLong(task -> task.rank(PRIORITY_STEP_MS))
          .thenComparingLong(TaskEntry::zxid)
          .thenComparing(TaskEntry::name);

  private final Map<Demand, TreeSet<TaskEntry>> ready = new HashMap<>();
  private final PriorityQueue<TaskEntry> delayed =
      new PriorityQueue<>(
          Comparator.comparingLong(TaskEntry::notBefore).thenComparing(TaskEntry::name));
  private final Map<String, Host> hosts = new TreeMap<>();
  private final Map<Demand, Demand> demands = new HashMap<>();
  private int waiting;

  /** The one object for all demands that are equal to this one. */
  Demand shared(Demand demand) {
    if (demands.size() > DEMANDS_MAX) {
      demands.clear(); // equal ones are then two objects, which costs memory and nothing else
    }
    return demands.computeIfAbsent(demand, same -> same);
  }

  /** A worker is there, or says something new of itself. */
  void worker(String id, WorkerInfo info) {
    hosts.computeIfAbsent(id, Host::new).info = info;
  }

  /** A worker is gone. */
  void workerGone(String id) {
    Host host = hosts.get(id);
    if (host != null) {
      host.info = null;
      forget(host);
    }
  }

  boolean hasWorker(String id) {
    Host host = hosts.get(id);
    return host != null && host.info != null;
  }

  /** A slot of a worker is in use, whoever assigned it. */
  void take(String id) {
    hosts.computeIfAbsent(id, Host::new).used++;
  }

  /** A slot is free again. */
  void release(String id) {
    Host host = hosts.get(id);
    if (host != null) {
      host.used = Math.max(0, host.used - 1);
      forget(host);
    }
  }

  private void forget(Host host) {
    if (host.info == null && host.used == 0) {
      hosts.remove(host.id);
    }
  }

  /** A task waits, from its not-before time on. */
  void offer(TaskEntry task, long now) {
    waiting++;
    if (task.notBefore() > now) {
      delayed.add(task);
    } else {
      ready.computeIfAbsent(task.demand(), demand -> new TreeSet<>(BY_RANK)).add(task);
    }
  }

  /** A task waits no longer. */
  void withdraw(TaskEntry task) {
    TreeSet<TaskEntry> queue = ready.get(task.demand());
    if (queue != null && queue.remove(task) || delayed.remove(task)) {
      waiting--;
    }
  }

  /** How many wait, delayed ones included. */
  int waiting() {
    return waiting;
  }

  /** When the next delayed task is due, in milliseconds since 1970; the largest long for never. */
  long nextDue() {
    return delayed.isEmpty() ? Long.MAX_VALUE : delayed.peek().notBefore();
  }

  /** Up to {@code max} decisions; their slots are taken and their tasks withdrawn. */
  List<Placement> place(long now, int max) {
    while (!delayed.isEmpty() && delayed.peek().notBefore() <= now) {
      TaskEntry due = delayed.remove();
      ready.computeIfAbsent(due.demand(), demand -> new TreeSet<>(BY_RANK)).add(due);
    }
    ready.values().removeIf(TreeSet::isEmpty);
    List<Placement> placements = new ArrayList<>();
    List<TreeSet<TaskEntry>> queues = new ArrayList<>(ready.values());
    while (placements.size() < max) {
      Placement next = best(queues);
      if (next == null) {
        break;
      }
      placements.add(next);
    }
    return placements;
  }

  /** Takes the first of all queues' heads that a worker can have; drops queues nobody can serve. */
  @SuppressWarnings("ReferenceEquality") // That very queue; others may have the same content.
  private Placement best(List<TreeSet<TaskEntry>> queues) {
    while (true) {
      TreeSet<TaskEntry> first = null;
      for (Iterator<TreeSet<TaskEntry>> all = queues.iterator(); all.hasNext(); ) {
        TreeSet<TaskEntry> queue = all.next();
        if (queue.isEmpty()) {
          all.remove();
        } else if (first == null || BY_RANK.compare(queue.first(), first.first()) < 0) {
          first = queue;
        }
      }
      if (first == null) {
        return null;
      }
      Host host = freest(first.first().demand());
      if (host != null) {
        TaskEntry task = first.pollFirst();
        waiting--;
        host.used++;
        return new Placement(task, host.id);
      }
      TreeSet<TaskEntry> unserved = first;
      queues.removeIf(queue -> queue == unserved);
    }
  }

  private Host freest(Demand demand) {
    Host best = null;
    for (Host host : hosts.values()) {
      if (host.free() > 0
          && host.info.meets(demand)
          && (best == null || host.free() > best.free())) {
        best = host;
      }
    }
    return best;
  }
}
