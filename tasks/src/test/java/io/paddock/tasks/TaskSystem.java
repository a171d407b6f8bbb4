package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/** A server with programs on it, all closed at the end; and a person's plain client. */
final class TaskSystem implements AutoCloseable {
  static final int SESSION_MS = 4_000;

  private final TestServer server;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private ZooKeeper person;
  private TaskClient client;

  TaskSystem(TestServer.Kind kind) {
    this(kind.start());
  }

  TaskSystem(TestServer server) {
    this.server = server;
  }

  TestServer server() {
    return server;
  }

  String connect() {
    return server.connectString();
  }

  <T extends AutoCloseable> T keep(T resource) {
    open.push(resource);
    return resource;
  }

  Master master(String name) {
    return keep(Master.builder(connect()).name(name).sessionTimeoutMs(SESSION_MS).start());
  }

  /** A master that is active when this returns. */
  Master activeMaster(String name) {
    Master master = master(name);
    Await.until(name + " is active", master::active);
    return master;
  }

  Worker.Builder workerBuilder(String id) {
    return Worker.builder(connect()).id(id).sessionTimeoutMs(SESSION_MS).graceMs(500);
  }

  Worker worker(String id) {
    return start(workerBuilder(id));
  }

  Worker start(Worker.Builder builder) {
    Worker worker = keep(builder.start());
    Await.until(worker.id() + " is registered", worker::ready);
    return worker;
  }

  TaskClient client() {
    if (client == null) {
      client = keep(TaskClient.connect(connect()));
    }
    return client;
  }

  /** The status word once the task is over. */
  String end(String task) {
    return client().await(task, 60_000).state();
  }

  /** A plain client, as a shell has it. */
  ZooKeeper person() {
    if (person == null) {
      person = keep(anotherPerson());
      EnsembleConnection.createLayout(person);
    }
    return person;
  }

  /** Takes the session away as if it had expired: on the server at once, then from its owner. */
  void expire(ZooKeeper zk) throws Exception {
    try (ZooKeeper thief =
        new ZooKeeper(
            connect(), SESSION_MS, event -> {}, zk.getSessionId(), zk.getSessionPasswd())) {
      Await.until("the session is taken over", () -> thief.getState().isConnected());
    }
    zk.getTestable().injectSessionExpiration();
  }

  ZooKeeper anotherPerson() {
    try {
      return new ZooKeeper(connect(), TestServer.SESSION_MS_MAX, event -> {});
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  String create(String path, String data, CreateMode mode)
      throws KeeperException, InterruptedException {
    return person().create(path, data.getBytes(StandardCharsets.UTF_8), Ids.OPEN_ACL_UNSAFE, mode);
  }

  String read(String path) throws KeeperException, InterruptedException {
    return new String(person().getData(path, false, null), StandardCharsets.UTF_8);
  }

  boolean exists(String path) throws KeeperException, InterruptedException {
    return person().exists(path, false) != null;
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    server.close();
  }
}
