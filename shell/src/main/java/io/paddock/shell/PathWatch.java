package io.paddock.shell;

import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.Watcher.WatcherType;

/**
 * Follows a path until the thread is interrupted or enough events came. The client re-arms the
 * persistent watch when it reconnects; when the session expired, a new session arms it anew, and
 * the gap is told.
 */
final class PathWatch {
  /** How much of a node's data a line shows. */
  private static final int SHOWN_DATA = 60;

  private final Call call;
  private final String path;
  private final boolean recursive;
  private final int wanted;
  private final BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
  private final Watcher watcher = events::add;

  PathWatch(Call call, String path, boolean recursive, int wanted) {
    this.call = call;
    this.path = path;
    this.recursive = recursive;
    this.wanted = wanted;
  }

  /** Returns when {@code wanted} events were printed, or when interrupted. */
  void follow() throws CommandFailure, KeeperException, InterruptedException {
    arm();
    tell("watching " + path + (recursive ? " and all below" : "") + ", Ctrl-C ends");
    int seen = 0;
    try {
      while (seen < wanted) {
        WatchedEvent event = events.take();
        if (event.getType() != EventType.None) {
          print(event);
          seen++;
        } else {
          onState(event.getState());
        }
      }
    } catch (InterruptedException e) {
      // Ctrl-C: the way this command ends
    }
    disarm();
  }

  private void arm() throws KeeperException, InterruptedException {
    AddWatchMode mode = recursive ? AddWatchMode.PERSISTENT_RECURSIVE : AddWatchMode.PERSISTENT;
    call.client().addWatch(path, watcher, mode);
  }

  private void disarm() throws KeeperException, InterruptedException {
    WatcherType type = recursive ? WatcherType.PersistentRecursive : WatcherType.Persistent;
    try {
      call.client().removeWatches(path, watcher, type, true);
    } catch (KeeperException.NoWatcherException e) {
      // it went with an expired session
    }
  }

  private void onState(KeeperState state)
      throws CommandFailure, KeeperException, InterruptedException {
    if (state == KeeperState.Disconnected) {
      tell("disconnected; events may be missed until the connection is back");
    } else if (state == KeeperState.SyncConnected) {
      tell("connected");
    } else if (state == KeeperState.Expired) {
      call.shell().connection().open(call.shell().connection().server());
      arm();
      tell("the session expired; watching again in a new one, changes in between were missed");
    } else if (!call.shell().connection().alive()) {
      throw new CommandFailure("the session ended: " + state);
    }
  }

  private void print(WatchedEvent event) throws InterruptedException {
    String data = event.getType() == EventType.NodeDeleted ? null : data(event.getPath());
    if (call.json()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("event", event.getType().toString());
      fields.put("path", event.getPath());
      fields.put("zxid", event.getZxid());
      fields.put("data", data);
      call.printJson(fields);
      return;
    }
    call.out()
        .printf(
            "%s  %-19s  %s%s%n",
            LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
            event.getType(),
            event.getPath(),
            data == null ? "" : "  " + shortened(data));
  }

  /** What the node holds now, or null if that cannot be had. */
  private String data(String node) throws InterruptedException {
    try {
      byte[] data = call.client().getData(node, false, null);
      return data == null ? null : new String(data, StandardCharsets.UTF_8);
    } catch (KeeperException e) {
      return null; // deleted since, or not ours to read: the event itself is still worth a line
    }
  }

  private static String shortened(String data) {
    String line = data.lines().findFirst().orElse("");
    return line.length() > SHOWN_DATA ? line.substring(0, SHOWN_DATA) + "…" : line;
  }

  private void tell(String line) {
    call.err().println(line);
  }
}
