package io.paddock.tasks;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;

/** Waits for one task to end, by one recursive watch on it. For one thread. */
final class Waiting {
  private static final long LOOK_AGAIN_MS = 1_000;
  private static final long RESULT_MS = 2_000;

  private final RetryingRequests requests;
  private final String task;
  private final BlockingQueue<Boolean> news = new ArrayBlockingQueue<>(1);
  private AsyncZooKeeper watched;

  Waiting(RetryingRequests requests, String task) {
    this.requests = requests;
    this.task = task;
  }

  TaskView await(long timeoutMs, Consumer<Progress> heartbeat, Function<String, TaskView> show) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    Watcher watcher = event -> news.offer(Boolean.TRUE);
    Progress told = null;
    try {
      while (true) {
        watch(watcher);
        ZnodeData status = requests.get(Layout.status(task));
        if (status != null) {
          return ended(show);
        }
        ZnodeData node = requests.get(Layout.progress(task));
        Progress progress = node == null ? null : Progress.parse(node.data());
        if (progress != null && !progress.equals(told)) {
          heartbeat.accept(progress);
          told = progress;
        }
        if (node == null) {
          Object unused = show.apply(task); // says so if there is no such task
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new TasksException(
              ExitCode.TIMED_OUT, task + " has not ended in " + timeoutMs + " ms");
        }
        news.poll(Math.min(left, LOOK_AGAIN_MS), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      throw RetryDelay.interrupted(e);
    } finally {
      forget(watcher);
    }
  }

  /** When a person wrote the status, the master adds the result a moment later. */
  private TaskView ended(Function<String, TaskView> show) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RESULT_MS);
    TaskView view = show.apply(task);
    while (view.result() == null && System.nanoTime() < end) {
      news.poll(LOOK_AGAIN_MS / 10, TimeUnit.MILLISECONDS);
      view = show.apply(task);
    }
    return view;
  }

  private void watch(Watcher watcher) throws InterruptedException {
    AsyncZooKeeper session = requests.session();
    if (watched == null || session.id() != watched.id()) {
      try {
        session.zk().addWatch(Layout.task(task), watcher, AddWatchMode.PERSISTENT_RECURSIVE);
        watched = session;
      } catch (KeeperException e) {
        watched = null; // looked at each second until there is a watch again
      }
    }
  }

  private void forget(Watcher watcher) {
    if (watched == null) {
      return;
    }
    Watcher.WatcherType any = Watcher.WatcherType.Any;
    watched
        .zk()
        .removeWatches(Layout.task(task), watcher, any, true, (rc, path, context) -> {}, null);
  }
}
