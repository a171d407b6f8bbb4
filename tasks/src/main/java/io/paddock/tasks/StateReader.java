package io.paddock.tasks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;

/**
 * Reads the whole state of the task system: workers, then assignments, then tasks.
 *
 * <p>Many reads are under way at once, so that 100,000 tasks take seconds. A task without children
 * was never attempted, and one read tells so.
 */
final class StateReader {
  private static final int READS_MAX = 2_048;

  private final AsyncZooKeeper session;

  StateReader(AsyncZooKeeper session) {
    this.session = session;
  }

  /** Tells the dispatcher what there is. */
  void read(Dispatcher dispatcher) throws KeeperException {
    List<String> workers = names(Layout.WORKERS);
    for (String worker : workers) {
      ZnodeData node = AsyncZooKeeper.await(session.get(Layout.worker(worker)));
      if (node != null) {
        dispatcher.worker(worker, WorkerInfo.parse(node.data()));
      }
    }
    List<String> parents = names(Layout.ASSIGN);
    for (String parent : parents) {
      for (String task : names(Layout.assignments(parent))) {
        dispatcher.foundAssignment(parent, task);
      }
    }
    List<String> tasks = names(Layout.TASKS);
    for (int from = 0; from < tasks.size(); from += READS_MAX) {
      read(tasks.subList(from, Math.min(tasks.size(), from + READS_MAX)), dispatcher);
    }
    Set<String> found = new HashSet<>(tasks);
    dispatcher.dropUnfound(found);
    for (String parent : parents) {
      dispatcher.clearParent(parent);
    }
  }

  private List<String> names(String path) throws KeeperException {
    List<String> names = AsyncZooKeeper.await(session.children(path));
    return names == null ? List.of() : names;
  }

  private void read(List<String> tasks, Dispatcher dispatcher) throws KeeperException {
    Map<String, CompletableFuture<ZnodeData>> nodes = new LinkedHashMap<>();
    for (String task : tasks) {
      nodes.put(task, session.get(Layout.task(task)));
    }
    List<String> touched = new ArrayList<>();
    Map<String, CompletableFuture<ZnodeData>> results = new LinkedHashMap<>();
    Map<String, CompletableFuture<ZnodeData>> statuses = new LinkedHashMap<>();
    for (String task : tasks) {
      ZnodeData node = AsyncZooKeeper.await(nodes.get(task));
      if (node != null && node.stat().getNumChildren() > 0) {
        touched.add(task);
        results.put(task, session.get(Layout.result(task)));
        statuses.put(task, session.get(Layout.status(task)));
      } else {
        dispatcher.found(task, new Port.TaskNodes(node, null, null));
      }
    }
    for (String task : touched) {
      ZnodeData node = AsyncZooKeeper.await(nodes.get(task));
      ZnodeData result = AsyncZooKeeper.await(results.get(task));
      ZnodeData status = AsyncZooKeeper.await(statuses.get(task));
      dispatcher.found(task, new Port.TaskNodes(node, result, status));
    }
  }
}
