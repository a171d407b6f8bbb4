package io.paddock.tasks;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;

/**
 * Where tasks wait that do not fit into {@code /tasks}: buckets below {@code /paddock/backlog}, of
 * bounded size, each for tasks of one priority, in order of arrival. The master moves the first in
 * rank to {@code /tasks} under the same name when there is room ({@link Promotion}).
 *
 * <p>A bucket is called {@code b<sequence>} for priority 0 and {@code p<priority>-<sequence>} for
 * another, with one sequence for all. It goes into its tasks' names, so none is given twice: {@code
 * task-<bucket's sequence><sequence>}, longer than any name in {@code /tasks}.
 */
final class BacklogBuckets {
  private static final int DIGITS = 10;

  private final RetryingRequests requests;
  private final TaskLimits limits;

  BacklogBuckets(RetryingRequests requests, TaskLimits limits) {
    this.requests = requests;
    this.limits = limits;
  }

  /** Whether a new task must wait here: {@code /tasks} is full, or others wait here already. */
  static boolean wanted(Stat tasks, Stat backlog, TaskLimits limits) {
    return tasks != null && tasks.getNumChildren() >= limits.tasksMax()
        || backlog != null && backlog.getNumChildren() > 0;
  }

  /** Where a task waits; null when it is not here. */
  static String path(RetryingRequests requests, String task) {
    if (task.length() <= DIGITS) {
      return null;
    }
    String parent = task.substring(0, task.length() - DIGITS);
    for (String bucket : buckets(requests.ask(session -> session.children(Layout.BACKLOG)))) {
      if (parent.endsWith(sequence(bucket))) {
        String path = Layout.BACKLOG + "/" + bucket + "/" + task;
        return requests.ask(session -> session.exists(path)) == null ? null : path;
      }
    }
    return null;
  }

  /** How many tasks wait here. */
  static int size(RetryingRequests requests) {
    List<String> buckets = buckets(requests.ask(session -> session.children(Layout.BACKLOG)));
    return held(requests, buckets).values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many tasks each of the buckets has; those that are gone are missing. */
  private static Map<String, Integer> held(RetryingRequests requests, List<String> buckets) {
    List<CompletableFuture<Stat>> stats =
        requests.ask(
            session -> {
              List<CompletableFuture<Stat>> asked =
                  buckets.stream().map(b -> session.exists(Layout.BACKLOG + "/" + b)).toList();
              return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                  .thenApply(done -> asked);
            });
    Map<String, Integer> held = new HashMap<>();
    for (int i = 0; i < buckets.size(); i++) {
      Stat stat = stats.get(i).join();
      if (stat != null) {
        held.put(buckets.get(i), stat.getNumChildren());
      }
    }
    return held;
  }

  /**
   * Puts a task here.
   *
   * @throws TasksException with {@link ExitCode#REFUSED} when the backlog is full
   */
  String submit(TaskSpec spec, byte[] data) {
    String submission = spec.submission();
    RetryDelay delay = new RetryDelay();
    while (true) {
      String bucket = openBucket(spec.priority());
      try {
        String path =
            requests
                .session()
                .zk()
                .create(
                    taskPrefix(bucket),
                    data,
                    Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT_SEQUENTIAL);
        return Layout.name(path);
      } catch (KeeperException.NoNodeException e) {
        EnsembleConnection.createLayout(
            requests.session().zk()); // the master has just emptied that bucket
      } catch (KeeperException.ConnectionLossException
          | KeeperException.SessionExpiredException e) {
        String made = find(bucket, submission);
        if (made != null) {
          return made;
        }
        delay.pause(e);
      } catch (KeeperException e) {
        throw RetryingRequests.failed(e);
      } catch (InterruptedException e) {
        throw RetryDelay.interrupted(e);
      }
    }
  }

  private String find(String bucket, String submission) {
    String parent = Layout.BACKLOG + "/" + bucket;
    List<String> names = requests.ask(session -> session.children(parent));
    for (String name : names == null ? List.<String>of() : names) {
      for (String path : List.of(parent + "/" + name, Layout.task(name))) {
        ZnodeData node = requests.get(path);
        if (node != null && submission.equals(TaskSpec.parse(node.data()).submission())) {
          return name;
        }
      }
    }
    return null;
  }

  /** What the sequence number of a task in a bucket is appended to. */
  static String taskPrefix(String bucket) {
    return Layout.BACKLOG + "/" + bucket + "/task-" + sequence(bucket);
  }

  /**
   * A bucket for tasks of a priority that has room.
   *
   * @throws TasksException with {@link ExitCode#REFUSED} when the backlog is full
   */
  String openBucket(int priority) {
    String bucket = tryOpenBucket(priority);
    while (bucket == null) {
      bucket = tryOpenBucket(priority);
    }
    return bucket;
  }

  /**
   * The newest bucket if it has room, or else a new one; null when somebody else has just made one.
   * So of many who find a bucket full one makes the next, or there would be as many nearly empty
   * buckets as submitters: making one sets the parent at the version that was read before.
   */
  private String tryOpenBucket(int priority) {
    Stat parent = requests.ask(session -> session.exists(Layout.BACKLOG));
    List<String> buckets = buckets(requests.ask(session -> session.children(Layout.BACKLOG)));
    Map<Integer, String> newest = new HashMap<>();
    buckets.forEach(bucket -> newest.put(priority(bucket), bucket)); // the last one stays
    // All but the newest of a priority count as full, so this asks only for few.
    int closed = (buckets.size() - newest.size()) * limits.bucketMax();
    Map<String, Integer> held = held(requests, List.copyOf(newest.values()));
    int all = closed + held.values().stream().mapToInt(Integer::intValue).sum();
    if (all >= limits.backlogMax()) {
      throw new TasksException(
          ExitCode.REFUSED,
          "the queue is full: "
              + (all + limits.tasksMax())
              + " tasks wait; submit again when some are done, or raise backlogMax in "
              + Layout.LIMITS);
    }
    String open = newest.get(priority);
    if (open != null && held.getOrDefault(open, limits.bucketMax()) < limits.bucketMax()) {
      return open;
    }
    String prefix = prefix(priority);
    try {
      byte[] none = new byte[0];
      List<OpResult> made =
          requests
              .session()
              .zk()
              .multi(
                  List.of(
                      Op.setData(Layout.BACKLOG, none, parent == null ? 0 : parent.getVersion()),
                      Op.create(
                          Layout.BACKLOG + "/" + prefix,
                          none,
                          Ids.OPEN_ACL_UNSAFE,
                          CreateMode.PERSISTENT_SEQUENTIAL)));
      return Layout.name(((OpResult.CreateResult) made.get(1)).getPath());
    } catch (KeeperException.BadVersionException e) {
      return null;
    } catch (KeeperException e) {
      return open == null
          ? prefix + "0"
          : open; // where there is no such bucket, the caller tries again
    } catch (InterruptedException e) {
      throw RetryDelay.interrupted(e);
    }
  }

  /** The buckets among the names, oldest first. */
  static List<String> buckets(List<String> names) {
    return names == null
        ? List.of()
        : names.stream()
            .filter(name -> name.matches("b\\d+|p-?\\d+-\\d+"))
            .sorted(Comparator.comparing(BacklogBuckets::sequence))
            .toList();
  }

  private static String prefix(int priority) {
    return priority == 0 ? "b" : "p" + priority + "-";
  }

  private static String sequence(String bucket) {
    return bucket.substring(bucket.startsWith("b") ? 1 : bucket.lastIndexOf('-') + 1);
  }

  /** The priority of a bucket's tasks. */
  static int priority(String bucket) {
    return bucket.startsWith("b")
        ? 0
        : Integer.parseInt(bucket.substring(1, bucket.lastIndexOf('-')));
  }
}
