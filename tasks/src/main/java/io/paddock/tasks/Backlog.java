package io.paddock.tasks;

import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;

/**
 * Where tasks wait that do not fit into {@code /tasks}: buckets below {@code /paddock/backlog}, of
 * bounded size, oldest first. The master moves them to {@code /tasks} under the same name when
 * there is room.
 *
 * <p>A bucket's name goes into its tasks' names, so none is given twice: {@code
 * task-<bucket><sequence>}, longer than any name in {@code /tasks}.
 */
final class Backlog {
  private final Requests requests;
  private final Limits limits;

  Backlog(Requests requests, Limits limits) {
    this.requests = requests;
    this.limits = limits;
  }

  /** Whether a new task must wait here: {@code /tasks} is full, or others wait here already. */
  static boolean wanted(Stat tasks, Stat backlog, Limits limits) {
    return tasks != null && tasks.getNumChildren() >= limits.tasksMax()
        || backlog != null && backlog.getNumChildren() > 0;
  }

  /** Where a task waits; null when it is not here. */
  static String path(Requests requests, String task) {
    for (String bucket : buckets(requests.ask(session -> session.children(Layout.BACKLOG)))) {
      String path = Layout.BACKLOG + "/" + bucket + "/" + task;
      if (requests.ask(session -> session.exists(path)) != null) {
        return path;
      }
    }
    return null;
  }

  /**
   * Puts a task here.
   *
   * @throws TasksException with {@link ExitCode#REFUSED} when the backlog is full
   */
  String submit(String submission, byte[] data) {
    Patience patience = new Patience();
    while (true) {
      String bucket = openBucket();
      try {
        String prefix = Layout.BACKLOG + "/" + bucket + "/task-" + bucket.substring(1);
        String path =
            requests
                .session()
                .zk()
                .create(prefix, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL);
        return Layout.name(path);
      } catch (KeeperException.NoNodeException e) {
        Ensemble.furnish(requests.session().zk()); // the master has just emptied that bucket
      } catch (KeeperException.ConnectionLossException
          | KeeperException.SessionExpiredException e) {
        String made = find(bucket, submission);
        if (made != null) {
          return made;
        }
        patience.pause(e);
      } catch (KeeperException e) {
        throw Requests.failed(e);
      } catch (InterruptedException e) {
        throw Patience.interrupted(e);
      }
    }
  }

  private String find(String bucket, String submission) {
    String parent = Layout.BACKLOG + "/" + bucket;
    List<String> names = requests.ask(session -> session.children(parent));
    for (String name : names == null ? List.<String>of() : names) {
      for (String path : List.of(parent + "/" + name, Layout.task(name))) {
        Node node = requests.get(path);
        if (node != null && submission.equals(TaskSpec.parse(node.data()).submission())) {
          return name;
        }
      }
    }
    return null;
  }

  private String openBucket() {
    String bucket = tryOpenBucket();
    while (bucket == null) {
      bucket = tryOpenBucket();
    }
    return bucket;
  }

  /**
   * The newest bucket if it has room, or else a new one; null when somebody else has just made one.
   * So of many who find a bucket full one makes the next, or there would be as many nearly empty
   * buckets as submitters: making one sets the parent at the version that was read before.
   */
  private String tryOpenBucket() {
    Stat parent = requests.ask(session -> session.exists(Layout.BACKLOG));
    List<String> buckets = buckets(requests.ask(session -> session.children(Layout.BACKLOG)));
    String newest = buckets.isEmpty() ? null : buckets.get(buckets.size() - 1);
    if (newest != null) {
      String path = Layout.BACKLOG + "/" + newest;
      Stat stat = requests.ask(session -> session.exists(path));
      int held = stat == null ? 0 : stat.getNumChildren();
      int all = (buckets.size() - 1) * limits.bucketMax() + held;
      if (all >= limits.backlogMax()) {
        throw new TasksException(
            ExitCode.REFUSED,
            "the queue is full: "
                + (all + limits.tasksMax())
                + " tasks wait; submit again when some are done, or raise backlogMax in "
                + Layout.LIMITS);
      }
      if (stat != null && held < limits.bucketMax()) {
        return newest;
      }
    }
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
                          Layout.BACKLOG + "/b",
                          none,
                          Ids.OPEN_ACL_UNSAFE,
                          CreateMode.PERSISTENT_SEQUENTIAL)));
      return Layout.name(((OpResult.CreateResult) made.get(1)).getPath());
    } catch (KeeperException.BadVersionException e) {
      return null;
    } catch (KeeperException e) {
      return newest == null
          ? "b0"
          : newest; // where there is no such bucket, the caller tries again
    } catch (InterruptedException e) {
      throw Patience.interrupted(e);
    }
  }

  /** The buckets among the names, oldest first. */
  static List<String> buckets(List<String> names) {
    return names == null
        ? List.of()
        : names.stream().filter(name -> name.startsWith("b")).sorted().toList();
  }
}
