package io.paddock.tasks;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;

/** Prints a line for each thing that happens to a task, until it is interrupted. */
final class TaskWatch {
  private static final long LOOK_MS = 1_000;

  private final RetryingRequests requests;
  private final ConnectOptions options;
  private final BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();

  TaskWatch(RetryingRequests requests, ConnectOptions options) {
    this.requests = requests;
    this.options = options;
  }

  void run() {
    long watched = 0;
    try {
      while (true) {
        AsyncZooKeeper session = requests.session();
        if (session.id() != watched || watched == 0) {
          watched = watch(session);
        }
        WatchedEvent event = events.poll(LOOK_MS, TimeUnit.MILLISECONDS);
        if (event != null && event.getType() != EventType.None) {
          tell(event.getType(), event.getPath().substring(1).split("/"));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long watch(AsyncZooKeeper session) throws InterruptedException {
    try {
      session.zk().addWatch(Layout.TASKS, events::add, AddWatchMode.PERSISTENT_RECURSIVE);
      session.zk().addWatch(Layout.ASSIGN, events::add, AddWatchMode.PERSISTENT_RECURSIVE);
      return session.id();
    } catch (KeeperException e) {
      return 0; // tried again a second later
    }
  }

  private void tell(EventType type, String[] path) {
    boolean created = type == EventType.NodeCreated;
    boolean deleted = type == EventType.NodeDeleted;
    if (path[0].equals("assign") && path.length == 3 && created) {
      options.print(
          Map.of("task", path[2], "event", "assigned", "worker", path[1]),
          path[2] + " assigned to " + path[1]);
    } else if (path[0].equals("tasks") && path.length == 2 && (created || deleted)) {
      say(path[1], created ? "submitted" : "removed");
    } else if (path.length == 3 && path[2].equals("status") && deleted) {
      say(path[1], "redriven or on its way out");
    } else if (path.length == 3 && path[2].equals("status")) {
      ZnodeData status = requests.get(Layout.status(path[1]));
      if (status != null) {
        say(path[1], new String(status.data(), java.nio.charset.StandardCharsets.UTF_8).strip());
      }
    }
  }

  private void say(String task, String event) {
    options.print(Map.of("task", task, "event", event), task + " " + event);
  }
}
