package io.paddock.dist;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * One actor of the demo: a session of the official ZooKeeper client that tells the narrator what it
 * does, in the words of the shell, and what its watches say.
 */
final class DemoClient implements AutoCloseable {
  private static final int SESSION_TIMEOUT_MS = 10_000;
  private static final int TIMEOUT_SECONDS = 10;

  /** One thing to do with the client, whose failures the demo reports. */
  private interface Step<T> {
    T run() throws KeeperException, InterruptedException;
  }

  private final String name;
  private final Narrator narrator;
  private final BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
  private final ZooKeeper client;

  DemoClient(String name, String connectString, Narrator narrator) {
    this.name = name;
    this.narrator = narrator;
    try {
      client = new ZooKeeper(connectString, SESSION_TIMEOUT_MS, events::add);
    } catch (IOException e) {
      throw new DemoException(name + " could not open a client", e);
    }
    awaitState(Watcher.Event.KeeperState.SyncConnected);
    narrator.did(name, "connect", "session 0x" + Long.toHexString(client.getSessionId()));
  }

  String name() {
    return name;
  }

  /** Creates a znode and tells its path, which for a sequential one the server completes. */
  String create(String path, String data, CreateMode mode, String outcome) {
    String made = attempt(path, () -> client.create(path, bytes(data), acl(), mode));
    narrator.did(name, createWords(path, data, mode), made.equals(path) ? outcome : made);
    return made;
  }

  /** Tries to create a znode that someone else already has; anything but a refusal is a failure. */
  void createRefused(String path, String data, CreateMode mode, String outcome) {
    try {
      attemptRaw(() -> client.create(path, bytes(data), acl(), mode));
    } catch (KeeperException.NodeExistsException e) {
      narrator.did(name, createWords(path, data, mode), outcome);
      return;
    } catch (KeeperException e) {
      throw new DemoException(name + " expected NodeExists for " + path + " and got " + e.code());
    }
    throw new DemoException(name + " could create " + path + " though it existed");
  }

  /** Sets a watch on a znode that exists. */
  void watchNode(String path, String outcome) {
    Stat stat = attempt(path, () -> client.exists(path, true));
    require(stat != null, path + " does not exist");
    narrator.did(name, "stat -w " + path, outcome);
  }

  /** Sets a watch on a znode that does not exist yet. */
  void watchCreation(String path, String outcome) {
    Stat stat = attempt(path, () -> client.exists(path, true));
    require(stat == null, path + " exists already");
    narrator.did(name, "stat -w " + path, outcome);
  }

  /** Lists children and sets a watch on them. */
  List<String> watchChildren(String path) {
    List<String> children = attempt(path, () -> client.getChildren(path, true));
    narrator.did(name, "ls -w " + path, children.toString());
    return children;
  }

  /** Reads a znode's data as text and demands that it is {@code expected}. */
  void get(String path, String expected) {
    String data = text(attempt(path, () -> client.getData(path, false, new Stat())));
    require(expected.equals(data), path + " holds \"" + data + "\" and not \"" + expected + "\"");
    narrator.did(name, "get " + path, data);
  }

  /** Waits for the watch event and tells it; any other watch event before it is a failure. */
  void awaitEvent(Watcher.Event.EventType type, String path, String meaning) {
    WatchedEvent event = nextEvent(type + " of " + path);
    while (event.getType() == Watcher.Event.EventType.None) {
      event = nextEvent(type + " of " + path);
    }
    require(
        event.getType() == type && path.equals(event.getPath()),
        "expected " + type + " of " + path + " and got " + event);
    narrator.saw(name, type + " " + path, meaning);
  }

  /** Waits until the connection comes to be in this state. */
  void awaitState(Watcher.Event.KeeperState state) {
    WatchedEvent event = nextEvent(state.toString());
    // Watch events that fired while the demo looked elsewhere are not what is waited for.
    while (event.getType() != Watcher.Event.EventType.None || event.getState() != state) {
      event = nextEvent(state.toString());
    }
  }

  /** Everything below {@code path}, parents first, with data and stat. */
  Subtree subtree(String path) {
    Subtree subtree = new Subtree();
    collect(path, subtree);
    return subtree;
  }

  private void collect(String path, Subtree subtree) {
    Stat stat = new Stat();
    byte[] data = attempt(path, () -> client.getData(path, false, stat));
    subtree.add(path, text(data), stat);
    List<String> children = attempt(path, () -> client.getChildren(path, false));
    children.stream()
        .sorted()
        .forEach(child -> collect(path.equals("/") ? "/" + child : path + "/" + child, subtree));
  }

  long sessionId() {
    return client.getSessionId();
  }

  /** Closes the session, at which its ephemerals go. */
  @Override
  public void close() {
    attempt(
        "close",
        () -> {
          client.close();
          return name;
        });
  }

  private WatchedEvent nextEvent(String expected) {
    WatchedEvent event = attempt(expected, () -> events.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    require(event != null, "waited " + TIMEOUT_SECONDS + " s in vain for " + expected);
    return event;
  }

  private <T> T attempt(String what, Step<T> step) {
    try {
      return attemptRaw(step);
    } catch (KeeperException e) {
      throw new DemoException(name + ": " + what + ": " + e.getMessage(), e);
    }
  }

  private <T> T attemptRaw(Step<T> step) throws KeeperException {
    try {
      return step.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException(name + " was interrupted", e);
    }
  }

  private void require(boolean held, String otherwise) {
    if (!held) {
      throw new DemoException(name + ": " + otherwise);
    }
  }

  private static String createWords(String path, String data, CreateMode mode) {
    String flags = (mode.isSequential() ? "-s " : "") + (mode.isEphemeral() ? "-e " : "");
    return "create " + flags + path + (data.isEmpty() ? "" : " \"" + data + "\"");
  }

  private static List<org.apache.zookeeper.data.ACL> acl() {
    return ZooDefs.Ids.OPEN_ACL_UNSAFE;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte[] data) {
    return data == null ? "" : new String(data, UTF_8);
  }
}
