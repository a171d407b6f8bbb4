package io.paddock.tasks;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker in one ZooKeeper session: registered, watching its assignments, running them.
 *
 * <p>All methods are called on the worker's control thread, which also gets its events.
 */
final class WorkerSession {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerSession.class);

  private final String id;
  private final AsyncZooKeeper session;
  private final WorkerSettings settings;
  private final Executor control;
  private final Executor slots;
  private final Runnable unregistered;
  private final Map<String, TaskRun> runs = new HashMap<>();
  private final Set<String> again = new HashSet<>();
  private final Set<String> reading = new HashSet<>();
  private boolean registered;
  private boolean waits;
  private boolean over;

  /**
   * A worker that has not begun.
   *
   * @param unregistered told when somebody else removes the worker's znode
   */
  WorkerSession(
      String id,
      AsyncZooKeeper session,
      WorkerSettings settings,
      Executor control,
      Executor slots,
      Runnable unregistered) {
    this.id = id;
    this.session = session;
    this.settings = settings;
    this.control = control;
    this.slots = slots;
    this.unregistered = unregistered;
  }

  long sessionId() {
    return session.id();
  }

  boolean registered() {
    return registered;
  }

  int running() {
    return runs.size();
  }

  /** Watches, then tries to register. */
  void begin() throws KeeperException, InterruptedException {
    EnsembleConnection.createLayout(session.zk());
    EnsembleConnection.create(session.zk(), Layout.assignments(id), false);
    session.zk().addWatch(Layout.assignments(id), this::event, AddWatchMode.PERSISTENT_RECURSIVE);
    session.zk().addWatch(Layout.worker(id), this::event, AddWatchMode.PERSISTENT);
  }

  /**
   * Registers if the id is free, and takes up the assignments that are there.
   *
   * @return whether it is registered; if not, another session still has the id
   */
  boolean register(WorkerInfo info) throws KeeperException, InterruptedException {
    if (over || registered) {
      return registered;
    }
    try {
      session
          .zk()
          .create(Layout.worker(id), info.bytes(), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    } catch (KeeperException.NodeExistsException e) {
      Stat stat = session.zk().exists(Layout.worker(id), false);
      if (stat == null || stat.getEphemeralOwner() != session.id()) {
        if (!waits) {
          LOG.warn("another session holds the worker id {}; waiting for it to go", id);
          waits = true;
        }
        return false;
      }
    }
    registered = true;
    reconcile();
    return true;
  }

  /** Compares what runs with what is assigned, after events may have been missed. */
  void reconcile() throws KeeperException, InterruptedException {
    if (!registered || over) {
      return;
    }
    Stat stat = session.zk().exists(Layout.worker(id), false);
    if (stat == null || stat.getEphemeralOwner() != session.id()) {
      unregistered.run();
      return;
    }
    List<String> assigned;
    try {
      assigned = session.zk().getChildren(Layout.assignments(id), false);
    } catch (KeeperException.NoNodeException e) {
      EnsembleConnection.create(session.zk(), Layout.assignments(id), false);
      assigned = List.of();
    }
    for (TaskRun run : List.copyOf(runs.values())) {
      if (!assigned.contains(run.task())) {
        run.stop(StopReason.FENCED);
      }
    }
    for (String task : assigned) {
      if (!runs.containsKey(task)) {
        accept(task);
      }
    }
  }

  private void event(WatchedEvent event) {
    if (event.getType() == EventType.None) {
      return; // the connection's states come from Curator
    }
    try {
      control.execute(() -> handle(event));
    } catch (RejectedExecutionException e) {
      LOG.debug("an event came after the end: {}", event);
    }
  }

  private void handle(WatchedEvent event) {
    if (over) {
      return;
    }
    String path = event.getPath();
    boolean deleted = event.getType() == EventType.NodeDeleted;
    if (path.equals(Layout.worker(id))) {
      if (deleted && registered) {
        unregistered.run();
      }
    } else if (!path.equals(Layout.assignments(id))) {
      String task = Layout.name(path);
      if (event.getType() == EventType.NodeCreated) {
        accept(task);
      } else if (deleted) {
        again.remove(task);
        TaskRun run = runs.get(task);
        if (run != null) {
          run.stop(StopReason.FENCED);
        }
      }
    }
  }

  /** Reads what an assignment says and starts it; after the present run, if there is one. */
  private void accept(String task) {
    if (!registered || over) {
      return;
    }
    if (runs.containsKey(task) || !reading.add(task)) {
      again.add(task);
      return;
    }
    CompletableFuture<ZnodeData> assigned = session.get(Layout.assignment(id, task));
    CompletableFuture<ZnodeData> data = session.get(Layout.task(task));
    CompletableFuture<ZnodeData> result = session.get(Layout.result(task));
    CompletableFuture<Stat> status = session.exists(Layout.status(task));
    CompletableFuture.allOf(assigned, data, result, status)
        .whenCompleteAsync(
            (done, failure) -> {
              reading.remove(task);
              if (over) {
                return;
              }
              if (failure != null) {
                LOG.debug("{} is read again after reconnection: {}", task, failure.getMessage());
                return;
              }
              decide(task, assigned.join(), data.join(), result.join(), status.join());
            },
            control);
  }

  private void decide(
      String task, ZnodeData assigned, ZnodeData data, ZnodeData result, Stat status) {
    boolean seenAgain = again.remove(task);
    if (assigned == null) {
      if (seenAgain) {
        accept(task);
      }
      return;
    }
    if (data == null || status != null) {
      // Over or gone: there is nothing to run, only an assignment to clear away.
      session.zk().delete(Layout.assignment(id, task), -1, (rc, path, context) -> {}, null);
      return;
    }
    Assignment assignment = Assignment.parse(assigned.data());
    if (!assignment.said()) {
      int total = result == null ? 0 : TaskResult.parse(result.data()).attemptsTotal();
      int fence = result == null ? -1 : result.stat().getVersion();
      assignment = new Assignment(total + 1, fence, 0);
    }
    TaskRun run = new TaskRun(id, task, TaskSpec.parse(data.data()), assignment, session, settings);
    runs.put(task, run);
    slots.execute(() -> perform(run));
  }

  private void perform(TaskRun run) {
    try {
      run.run(settings.handlers().get(run.spec().type()));
    } catch (RuntimeException e) {
      LOG.error("{} ended without a record", run.task(), e);
    } finally {
      try {
        control.execute(() -> finished(run));
      } catch (RejectedExecutionException e) {
        LOG.debug("{} ended after the worker", run.task());
      }
    }
  }

  private void finished(TaskRun run) {
    runs.remove(run.task(), run);
    if (again.remove(run.task())) {
      accept(run.task());
    }
  }

  /** Heartbeats and timeouts. */
  void tick() {
    long now = settings.clock().millis();
    for (TaskRun run : runs.values()) {
      if (run.overdue(now)) {
        run.stop(StopReason.TIMEOUT);
      }
      run.beat(now, settings.heartbeatMs());
    }
  }

  /** Stops what runs; afterwards nothing starts any more. Returns how many ran. */
  int end(StopReason reason) {
    over = true;
    registered = false;
    for (TaskRun run : runs.values()) {
      run.stop(reason);
    }
    return runs.size();
  }

  /** Asks what runs to stop, so that it can be handed back. */
  void handBack() {
    for (TaskRun run : runs.values()) {
      run.stop(StopReason.SHUTDOWN);
    }
  }

  /** Says whether the master is to give it more. */
  void announce(WorkerInfo info) {
    if (registered) {
      session
          .zk()
          .setData(Layout.worker(id), info.bytes(), -1, (rc, path, context, stat) -> {}, null);
    }
  }
}
