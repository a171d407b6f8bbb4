package io.paddock.dist;

import static org.apache.zookeeper.CreateMode.EPHEMERAL;
import static org.apache.zookeeper.CreateMode.PERSISTENT;
import static org.apache.zookeeper.CreateMode.PERSISTENT_SEQUENTIAL;
import static org.apache.zookeeper.Watcher.Event.EventType.NodeChildrenChanged;
import static org.apache.zookeeper.Watcher.Event.EventType.NodeCreated;
import static org.apache.zookeeper.Watcher.Event.EventType.NodeDeleted;

import java.nio.file.Path;
import java.util.List;
import org.apache.zookeeper.Watcher.Event.KeeperState;

/**
 * The classic walk-through of master, worker and client against a real server, which is then killed
 * and started again.
 *
 * <p>Every step checks what the server answered; the first that does not hold ends the demo with a
 * {@link DemoException}.
 */
final class Demo {
  private static final String WORKER = "worker-1";
  private static final String COMMAND = "cmd";

  private final Narrator narrator;
  private final DemoServer server;

  Demo(Narrator narrator, DemoServer server) {
    this.narrator = narrator;
    this.server = server;
  }

  /** Starts a server below {@code data}, plays all steps and ends the server. */
  static void play(Narrator narrator, Launch launch, Path data) {
    narrator.chapter("A server of its own");
    try (DemoServer server = DemoServer.start(launch, data)) {
      narrator.did(
          "server",
          "start on " + server.connectString(),
          "process " + server.processId() + ", data in " + data);
      new Demo(narrator, server).play();
    }
  }

  private void play() {
    DemoClient first = connect("master-1");
    try (DemoClient second = connect("master-2");
        DemoClient worker = connect(WORKER);
        DemoClient client = connect("client")) {
      try (first) {
        electMaster(first, second);
        layOut(first);
        register(worker, first);
        String task = queue(client, first);
        work(task, first, worker, client);
        narrator.chapter("The master dies, the second takes over");
      }
      takeOver(second);
      killAndRestart(List.of(second, worker, client), client);
    }
    lookAgain();
  }

  private DemoClient connect(String name) {
    return new DemoClient(name, server.connectString(), narrator);
  }

  private void electMaster(DemoClient first, DemoClient second) {
    narrator.chapter("One master, one waiting");
    first.create("/master", "master-1:2223", EPHEMERAL, "created: it is the master");
    second.createRefused(
        "/master", "master-2:2223", EPHEMERAL, "Node already exists: there is a master");
    second.watchNode("/master", "watches the master");
  }

  private void layOut(DemoClient master) {
    narrator.chapter("Places for workers, tasks and assignments");
    for (String path : List.of("/workers", "/tasks", "/assign")) {
      master.create(path, "", PERSISTENT, "created");
    }
    master.watchChildren("/workers");
    master.watchChildren("/tasks");
  }

  private void register(DemoClient worker, DemoClient master) {
    narrator.chapter("A worker registers");
    worker.create("/workers/" + WORKER, WORKER + ":2224", EPHEMERAL, "created");
    master.awaitEvent(NodeChildrenChanged, "/workers", "a worker came or went");
    master.watchChildren("/workers");
    worker.create("/assign/" + WORKER, "", PERSISTENT, "created: ready for work");
    worker.watchChildren("/assign/" + WORKER);
  }

  private String queue(DemoClient client, DemoClient master) {
    narrator.chapter("A client queues a task");
    String path = client.create("/tasks/task-", COMMAND, PERSISTENT_SEQUENTIAL, "created");
    client.watchCreation(path + "/status", "waits for the result");
    master.awaitEvent(NodeChildrenChanged, "/tasks", "there is a new task");
    master.watchChildren("/tasks");
    return path.substring("/tasks/".length());
  }

  private void work(String task, DemoClient master, DemoClient worker, DemoClient client) {
    narrator.chapter("The master assigns, the worker works, the client learns of it");
    String assigned = "/assign/" + WORKER + "/" + task;
    master.get("/tasks/" + task, COMMAND);
    master.create(assigned, COMMAND, PERSISTENT, "assigned");
    worker.awaitEvent(NodeChildrenChanged, "/assign/" + WORKER, "there is work");
    worker.watchChildren("/assign/" + WORKER);
    worker.get(assigned, COMMAND);
    worker.create("/tasks/" + task + "/status", "done", PERSISTENT, "work is done");
    client.awaitEvent(NodeCreated, "/tasks/" + task + "/status", "the result is there");
    client.get("/tasks/" + task + "/status", "done");
  }

  private void takeOver(DemoClient second) {
    narrator.did("master-1", "quit", "its session is closed, its ephemeral znodes go");
    second.awaitEvent(NodeDeleted, "/master", "the master is gone");
    second.create("/master", "master-2:2223", EPHEMERAL, "created: now it is the master");
    second.watchChildren("/workers");
    second.watchChildren("/tasks");
  }

  private void killAndRestart(List<DemoClient> clients, DemoClient reader) {
    narrator.chapter("The server is killed and started again");
    Subtree before = reader.subtree("/");
    server.kill();
    narrator.did("server", "kill -9 " + server.processId(), "it could not write anything more");
    clients.forEach(client -> client.awaitState(KeeperState.Disconnected));
    narrator.did("everyone", "", "disconnected, and looking for the server");
    server.startAgain();
    narrator.did(
        "server",
        "start on " + server.connectString(),
        "process " + server.processId() + " from the same data");
    for (DemoClient client : clients) {
      client.awaitState(KeeperState.SyncConnected);
      narrator.did(client.name(), "reconnect", "session 0x" + Long.toHexString(client.sessionId()));
    }
    Subtree after = reader.subtree("/");
    List<String> lost = before.persistentLostIn(after);
    if (!lost.isEmpty()) {
      throw new DemoException("changed by the restart: " + lost);
    }
    after.nodes().forEach(this::tell);
    narrator.did("client", "compare", "data and stat of every persistent znode are as before");
  }

  /** Once all sessions are closed, only what is persistent may be left. */
  private void lookAgain() {
    narrator.chapter("Everyone has left; someone new looks");
    try (DemoClient visitor = connect("visitor")) {
      Subtree left = visitor.subtree("/");
      left.nodes().forEach(this::tell);
      left.nodes()
          .forEach(
              (path, node) -> {
                if (!node.persistent()) {
                  throw new DemoException(path + " is ephemeral and outlived its session");
                }
              });
    }
  }

  private void tell(String path, Subtree.Node node) {
    if (path.equals("/") || path.startsWith("/zookeeper")) {
      return; // there on every server
    }
    String kind = node.persistent() ? "persistent" : "ephemeral";
    String data = node.data().isEmpty() ? "" : " \"" + node.data() + "\"";
    narrator.did("", path + data, "%s, czxid 0x%x".formatted(kind, node.stat().getCzxid()));
  }
}
