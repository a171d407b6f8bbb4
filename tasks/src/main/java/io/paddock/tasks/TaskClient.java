package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.Stat;

/**
 * Submits tasks and asks after them.
 *
 * <pre>
 *   try (TaskClient client = TaskClient.connect("localhost:2181")) {
 *     String task = client.submit(TaskSpec.shell("echo hi"));
 *     TaskView end = client.await(task, 60_000);
 *   }
 * </pre>
 *
 * <p>Any thread may call its methods. They wait while the connection is away, up to two minutes.
 */
public final class TaskClient implements AutoCloseable {
  private static final int SESSION_MS = 10_000;
  private static final int CONNECT_MS = 15_000;
  private static final int PAGE = 512;
  private static final int TRIES = 20;

  private final CuratorFramework curator;
  private final RetryingRequests requests;
  private volatile TaskLimits limits;

  private TaskClient(CuratorFramework curator) {
    this.curator = curator;
    this.requests = new RetryingRequests(curator);
  }

  /**
   * Connects.
   *
   * @param connect {@code host:port,...[/chroot]}
   * @throws TasksException when no server answers
   */
  public static TaskClient connect(String connect) {
    TaskClient client = new TaskClient(EnsembleConnection.connect(connect, SESSION_MS, CONNECT_MS));
    EnsembleConnection.createLayout(client.requests.session().zk());
    return client;
  }

  RetryingRequests requests() {
    return requests;
  }

  /**
   * Submits a task.
   *
   * @return its name
   * @throws TasksException with {@link ExitCode#REFUSED} when the queue is full or the task too
   *     large
   */
  public String submit(TaskSpec spec) {
    return new TaskSubmission(requests, limits()).submit(spec);
  }

  private TaskLimits limits() {
    TaskLimits known = limits;
    if (known == null) {
      ZnodeData node = requests.get(Layout.LIMITS);
      known = node == null ? TaskLimits.DEFAULTS : TaskLimits.parse(node.data());
      limits = known;
    }
    return known;
  }

  /**
   * A task as it is now.
   *
   * @throws TasksException with {@link ExitCode#NOT_FOUND} when there is none
   */
  public TaskView show(String task) {
    TaskView view = views(List.of(task), running()).get(task);
    if (view != null) {
      return view;
    }
    String path = BacklogBuckets.path(requests, task);
    ZnodeData node = path == null ? null : requests.get(path);
    if (node != null) {
      return TaskView.of(task, node, null, null, null, null, System.currentTimeMillis());
    }
    TaskView moved = views(List.of(task), running()).get(task); // it may have been on its way
    if (moved == null) {
      throw new TasksException(ExitCode.NOT_FOUND, "there is no task " + task);
    }
    return moved;
  }

  /** The names of all tasks in {@code /tasks}, oldest first. */
  public List<String> names() {
    List<String> names = requests.ask(session -> session.children(Layout.TASKS));
    return names == null ? List.of() : names.stream().sorted().toList();
  }

  /** The names in the dead-letter list, oldest first. */
  public List<String> dead() {
    List<String> names = requests.ask(session -> session.children(Layout.DEAD));
    return names == null ? List.of() : names.stream().sorted().toList();
  }

  /** Those of the tasks that there are, read in pages. */
  public List<TaskView> list(List<String> tasks) {
    Map<String, String> running = running();
    List<TaskView> views = new ArrayList<>();
    for (int from = 0; from < tasks.size(); from += PAGE) {
      List<String> page = tasks.subList(from, Math.min(tasks.size(), from + PAGE));
      views.addAll(views(page, running).values());
    }
    return views;
  }

  private Map<String, TaskView> views(List<String> tasks, Map<String, String> running) {
    Map<String, CompletableFuture<ZnodeData[]>> reads = new LinkedHashMap<>();
    AsyncZooKeeper session = requests.session();
    for (String task : tasks) {
      reads.put(task, nodes(session, task));
    }
    Map<String, TaskView> views = new LinkedHashMap<>();
    long now = System.currentTimeMillis();
    reads.forEach(
        (task, read) -> {
          ZnodeData[] nodes =
              requests.ask(s -> read.isCompletedExceptionally() ? nodes(s, task) : read);
          if (nodes[0] != null) {
            TaskView view =
                TaskView.of(task, nodes[0], nodes[1], nodes[2], nodes[3], running.get(task), now);
            views.put(task, view);
          }
        });
    return views;
  }

  private static CompletableFuture<ZnodeData[]> nodes(AsyncZooKeeper session, String task) {
    CompletableFuture<ZnodeData> node = session.get(Layout.task(task));
    CompletableFuture<ZnodeData> status = session.get(Layout.status(task));
    CompletableFuture<ZnodeData> result = session.get(Layout.result(task));
    CompletableFuture<ZnodeData> progress = session.get(Layout.progress(task));
    return CompletableFuture.allOf(node, status, result, progress)
        .thenApply(
            done -> new ZnodeData[] {node.join(), status.join(), result.join(), progress.join()});
  }

  /** Which worker has which task. */
  private Map<String, String> running() {
    Map<String, String> running = new HashMap<>();
    List<String> workers = requests.ask(session -> session.children(Layout.ASSIGN));
    for (String worker : workers == null ? List.<String>of() : workers) {
      List<String> tasks = requests.ask(session -> session.children(Layout.assignments(worker)));
      for (String task : tasks == null ? List.<String>of() : tasks) {
        running.put(task, worker);
      }
    }
    return running;
  }

  /**
   * Waits for a task to end.
   *
   * @param timeoutMs how long, in milliseconds
   * @throws TasksException with {@link ExitCode#TIMED_OUT} when it takes longer
   */
  public TaskView await(String task, long timeoutMs) {
    return new Waiting(requests, task).await(timeoutMs, progress -> {}, this::show);
  }

  /** The same, telling of each heartbeat meanwhile. */
  public TaskView await(
      String task, long timeoutMs, java.util.function.Consumer<Progress> heartbeat) {
    return new Waiting(requests, task).await(timeoutMs, heartbeat, this::show);
  }

  /**
   * Cancels a task: it ends here and now, and a worker that runs it is stopped.
   *
   * @throws TasksException with {@link ExitCode#CONFLICT} when it is over already
   */
  public void cancel(String task) {
    String run = UUID.randomUUID().toString();
    attempt(
        task,
        "cancelled",
        () -> {
          TaskView view = show(task);
          if (view.over() && view.result() != null && view.result().holds(run)) {
            return List.of(); // by us, and the answer was lost
          }
          if (view.over()) {
            throw new TasksException(ExitCode.CONFLICT, task + " is over: " + view.state());
          }
          ZnodeData result = requests.get(Layout.result(task));
          TaskResult before = result == null ? TaskResult.NONE : TaskResult.parse(result.data());
          int fence = result == null ? -1 : result.stat().getVersion();
          Attempt end =
              new Attempt(
                  before.attemptsTotal() + 1,
                  view.worker(),
                  run,
                  0,
                  System.currentTimeMillis(),
                  TaskStatus.CANCELLED.word(),
                  null,
                  "cancelled on request",
                  null,
                  0);
          List<Op> ops = new ArrayList<>();
          String waits = result == null ? BacklogBuckets.path(requests, task) : null;
          if (waits != null) {
            ZnodeData node = requests.get(waits);
            if (node != null) {
              ops.add(Op.delete(waits, node.stat().getVersion()));
              ops.add(Ending.create(Layout.task(task), node.data()));
            }
          }
          ops.addAll(Ending.of(task, fence, before.after(view.spec(), end, 0), null));
          return ops;
        });
  }

  /**
   * Redrives a task that is over: it is attempted anew, with its history kept.
   *
   * @throws TasksException with {@link ExitCode#CONFLICT} when it is not over
   */
  public void retry(String task) {
    attempt(
        task,
        "redriven",
        () -> {
          TaskView view = show(task);
          if (!view.over()) {
            throw new TasksException(ExitCode.CONFLICT, task + " is not over: " + view.state());
          }
          ZnodeData status = requests.get(Layout.status(task));
          ZnodeData result = requests.get(Layout.result(task));
          ZnodeData dead = requests.get(Layout.dead(task));
          List<Op> ops = new ArrayList<>();
          ops.add(Op.delete(Layout.status(task), status == null ? -1 : status.stat().getVersion()));
          if (result != null) {
            byte[] anew = TaskResult.parse(result.data()).redriven().bytes();
            ops.add(Op.setData(Layout.result(task), anew, result.stat().getVersion()));
          }
          if (dead != null) {
            ops.add(Op.delete(Layout.dead(task), -1));
          }
          return ops;
        });
  }

  /**
   * Removes a task that is over, with its result.
   *
   * @throws TasksException with {@link ExitCode#CONFLICT} when it is not over
   */
  public void purge(String task) {
    attempt(
        task,
        "removed",
        () -> {
          TaskView view = show(task);
          if (!view.over()) {
            throw new TasksException(ExitCode.CONFLICT, task + " is not over: " + view.state());
          }
          List<Op> ops = new ArrayList<>();
          List<String> below = requests.ask(session -> session.children(Layout.task(task)));
          for (String name : below == null ? List.<String>of() : below) {
            ops.add(Op.delete(Layout.task(task) + "/" + name, -1));
          }
          ops.add(Op.delete(Layout.task(task), -1));
          if (requests.get(Layout.dead(task)) != null) {
            ops.add(Op.delete(Layout.dead(task), -1));
          }
          String key = view.spec().key();
          if (key != null && requests.get(Layout.key(key)) != null) {
            ops.add(Op.delete(Layout.key(key), -1));
          }
          return ops;
        });
  }

  private interface Plan {
    List<Op> ops();
  }

  /** Makes a transaction of what is read, and reads again when something changed meanwhile. */
  private void attempt(String task, String deed, Plan plan) {
    RetryDelay delay = new RetryDelay();
    for (int i = 0; i < TRIES; i++) {
      List<Op> ops = plan.ops();
      if (ops.isEmpty()) {
        return;
      }
      try {
        requests.session().zk().multi(ops);
        return;
      } catch (KeeperException.NoNodeException
          | KeeperException.NodeExistsException
          | KeeperException.BadVersionException
          | KeeperException.NotEmptyException
          | KeeperException.ConnectionLossException
          | KeeperException.SessionExpiredException e) {
        delay.pause(e);
      } catch (KeeperException e) {
        throw RetryingRequests.failed(e);
      } catch (InterruptedException e) {
        throw RetryDelay.interrupted(e);
      }
    }
    throw new TasksException(ExitCode.CONFLICT, task + " changes all the time; not " + deed);
  }

  /** The workers that are registered, by id. */
  public List<WorkerView> workers() {
    List<WorkerView> views = new ArrayList<>();
    List<String> ids = requests.ask(session -> session.children(Layout.WORKERS));
    for (String id : ids == null ? List.<String>of() : ids.stream().sorted().toList()) {
      ZnodeData node = requests.get(Layout.worker(id));
      if (node != null) {
        int assigned = childCount(Layout.assignments(id));
        views.add(new WorkerView(id, WorkerInfo.parse(node.data()), assigned));
      }
    }
    return views;
  }

  /**
   * Says whether a worker gets further tasks; what it runs it finishes.
   *
   * @throws TasksException with {@link ExitCode#NOT_FOUND} when it is not registered
   */
  public void drain(String worker, boolean draining) {
    attempt(
        worker,
        "changed",
        () -> {
          ZnodeData node = requests.get(Layout.worker(worker));
          if (node == null) {
            throw new TasksException(ExitCode.NOT_FOUND, "there is no worker " + worker);
          }
          byte[] info = WorkerInfo.parse(node.data()).draining(draining).bytes();
          return List.of(Op.setData(Layout.worker(worker), info, node.stat().getVersion()));
        });
  }

  /** The system in numbers. */
  public SystemStatus status() {
    ZnodeData master = requests.get(Layout.MASTER);
    ZnodeData epoch = requests.get(Layout.EPOCH);
    List<WorkerView> workers = workers();
    return new SystemStatus(
        master == null ? null : new String(master.data(), StandardCharsets.UTF_8),
        epoch == null ? 0 : epoch.stat().getVersion(),
        workers.size(),
        (int) workers.stream().filter(worker -> worker.info().draining()).count(),
        workers.stream().mapToInt(worker -> worker.info().slots()).sum(),
        workers.stream().mapToInt(WorkerView::assigned).sum(),
        childCount(Layout.TASKS),
        childCount(Layout.DEAD),
        BacklogBuckets.size(requests));
  }

  private int childCount(String path) {
    Stat stat = requests.ask(session -> session.exists(path));
    return stat == null ? 0 : stat.getNumChildren();
  }

  @Override
  public void close() {
    curator.close();
  }
}
