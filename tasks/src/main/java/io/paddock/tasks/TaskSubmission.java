package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;

/**
 * Puts a task into the tree exactly once, also when the answer is lost: each submission has a name
 * of its own in its data, by which its znode is found again.
 */
final class TaskSubmission {
  private final RetryingRequests requests;
  private final TaskLimits limits;

  TaskSubmission(RetryingRequests requests, TaskLimits limits) {
    this.requests = requests;
    this.limits = limits;
  }

  /** The task's name. */
  String submit(TaskSpec wanted) {
    TaskSpec spec = wanted.withSubmission(UUID.randomUUID().toString());
    byte[] data = spec.bytes();
    if (data.length > limits.taskBytesMax()) {
      throw new TasksException(
          ExitCode.REFUSED,
          "the task takes "
              + data.length
              + " bytes and the bound is "
              + limits.taskBytesMax()
              + "; put large input elsewhere and submit where it is");
    }
    if (spec.error() != null) {
      throw new TasksException(ExitCode.USAGE, spec.error());
    }
    Stat[] stats = requests.ask(TaskSubmission::stats);
    boolean waits = BacklogBuckets.wanted(stats[0], stats[1], limits);
    if (spec.key() != null) {
      return keyed(spec, data, waits);
    }
    if (waits) {
      return new BacklogBuckets(requests, limits).submit(spec, data);
    }
    int before = stats[0] == null ? 0 : stats[0].getCversion();
    return create(spec.submission(), data, before);
  }

  /** Of {@code /tasks} and of the backlog, read together. */
  private static CompletableFuture<Stat[]> stats(AsyncZooKeeper session) {
    return session
        .exists(Layout.TASKS)
        .thenCombine(
            session.exists(Layout.BACKLOG), (tasks, backlog) -> new Stat[] {tasks, backlog});
  }

  private String create(String submission, byte[] data, int before) {
    RetryDelay delay = new RetryDelay();
    boolean uncertain = false;
    while (true) {
      try {
        if (uncertain) {
          String made = find(Layout.TASKS, submission, before);
          if (made != null) {
            return made;
          }
        }
        var zk = requests.session().zk();
        return Layout.name(
            zk.create(
                Layout.TASK_PREFIX, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL));
      } catch (KeeperException.ConnectionLossException
          | KeeperException.SessionExpiredException e) {
        uncertain = true;
        delay.pause(e);
      } catch (KeeperException.NoNodeException e) {
        EnsembleConnection.createLayout(requests.session().zk());
      } catch (KeeperException e) {
        throw RetryingRequests.failed(e);
      } catch (InterruptedException e) {
        throw RetryDelay.interrupted(e);
      }
    }
  }

  /** The task of a submission among those created since the parent's version was {@code before}. */
  private String find(String parent, String submission, int before) {
    List<String> names = requests.ask(session -> session.children(parent));
    for (String name : names == null ? List.<String>of() : names) {
      if (sequence(name) >= before) {
        ZnodeData node = requests.get(parent + "/" + name);
        if (node != null && submission.equals(TaskSpec.parse(node.data()).submission())) {
          return name;
        }
      }
    }
    return null;
  }

  private static long sequence(String name) {
    String digits = name.substring(name.lastIndexOf('-') + 1);
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return -1; // a name that no sequence made
    }
  }

  /**
   * The key's znode and the task's come in one transaction. The name of the task is known only
   * after that and is put into the key's znode then; should that not happen, the two still share
   * the zxid of their creation, or the key that stands in the task when it was moved meanwhile.
   */
  private String keyed(TaskSpec spec, byte[] data, boolean waits) {
    String path = Layout.key(spec.key());
    RetryDelay delay = new RetryDelay();
    while (true) {
      ZnodeData key = requests.get(path);
      if (key != null) {
        String task = named(spec.key(), key);
        if (task != null) {
          return task;
        }
      }
      String prefix = waits ? bucketPrefix(spec.priority()) : Layout.TASK_PREFIX;
      try {
        List<OpResult> results =
            requests
                .session()
                .zk()
                .multi(
                    List.of(
                        Ending.create(path, new byte[0]),
                        Op.create(
                            prefix, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL)));
        String task = Layout.name(((OpResult.CreateResult) results.get(1)).getPath());
        remember(path, task);
        return task;
      } catch (KeeperException.ConnectionLossException
          | KeeperException.SessionExpiredException
          | KeeperException.NodeExistsException e) {
        delay.pause(e);
      } catch (KeeperException.NoNodeException e) {
        EnsembleConnection.createLayout(requests.session().zk());
        EnsembleConnection.create(requests.session().zk(), Layout.keyBucket(spec.key()), false);
      } catch (KeeperException e) {
        throw RetryingRequests.failed(e);
      } catch (InterruptedException e) {
        throw RetryDelay.interrupted(e);
      }
    }
  }

  private void remember(String path, String task) {
    byte[] name = task.getBytes(StandardCharsets.UTF_8);
    requests.session().zk().setData(path, name, -1, (rc, p, context, stat) -> {}, null);
  }

  private String bucketPrefix(int priority) {
    return BacklogBuckets.taskPrefix(new BacklogBuckets(requests, limits).openBucket(priority));
  }

  /** The task that a key stands for; null when it was removed, and the key with it. */
  private String named(String word, ZnodeData key) {
    if (key.data() != null && key.data().length > 0) {
      return new String(key.data(), StandardCharsets.UTF_8);
    }
    List<String> parents = new ArrayList<>();
    for (String bucket : BacklogBuckets.buckets(requests.ask(s -> s.children(Layout.BACKLOG)))) {
      parents.add(Layout.BACKLOG + "/" + bucket);
    }
    parents.add(Layout.TASKS); // last, so that one is found that is moved there meanwhile
    for (String parent : parents) {
      List<String> names = requests.ask(session -> session.children(parent));
      for (String name : names == null ? List.<String>of() : names) {
        ZnodeData node = requests.get(parent + "/" + name);
        if (node != null
            && (node.stat().getCzxid() == key.stat().getCzxid()
                || word.equals(TaskSpec.parse(node.data()).key()))) {
          return name;
        }
      }
    }
    return null;
  }
}
