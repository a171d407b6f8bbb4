package io.paddock.dist;

import io.paddock.tasks.TaskClient;
import io.paddock.tasks.TaskSpec;
import io.paddock.tasks.TaskView;
import io.paddock.tasks.WorkerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Thirty tasks on an ensemble of three servers, two masters and three workers, each a process of
 * its own. While they run, a worker, the active master and the server that leads are killed by kill
 * -9. In the end every task must have exactly one result, the right one; whatever else is a {@link
 * DemoException}.
 */
final class TaskDemo implements AutoCloseable {
  static final int TASKS = 30;
  private static final int SERVERS = 3;
  private static final int MASTERS = 2;
  private static final int WORKERS = 3;
  private static final int SLOTS = 2;
  private static final String SESSION = "3s";

  /** Short, so that sessions may be, and nobody waits long for those of the dead to expire. */
  private static final String TICK_MS = "500";

  private static final int TIMEOUT_SECONDS = 120;
  private static final long LOOK_MS = 50;

  // After how many results what is killed.
  private static final int WORKER_DIES = 4;
  private static final int MASTER_DIES = 10;
  private static final int LEADER_DIES = 16;

  private final Narrator narrator;
  private final LocalEnsemble ensemble;
  private final TaskClient client;
  private final Map<String, DemoRole> masters;
  private final Map<String, DemoRole> workers;
  private final Map<String, DemoJob> jobs = new LinkedHashMap<>();

  private TaskDemo(
      Narrator narrator,
      LocalEnsemble ensemble,
      TaskClient client,
      Map<String, DemoRole> masters,
      Map<String, DemoRole> workers) {
    this.narrator = narrator;
    this.ensemble = ensemble;
    this.client = client;
    this.masters = masters;
    this.workers = workers;
  }

  /** Starts everything below {@code folder}, plays, and ends all processes. */
  static void play(Narrator narrator, Launch launch, Path folder) {
    narrator.chapter("Three servers, two masters, three workers: eight processes");
    List<DemoRole> cast = new ArrayList<>();
    LocalEnsemble.Plan plan = new LocalEnsemble.Plan(SERVERS, 0, 0, Map.of("tickTime", TICK_MS));
    try (LocalEnsemble ensemble = new LocalEnsemble(launch, folder, plan)) {
      String connect = ensemble.connectString();
      for (int i = 1; i <= MASTERS; i++) {
        cast.add(master(launch, "master-" + i, connect, folder));
      }
      for (int i = 1; i <= WORKERS; i++) {
        cast.add(worker(launch, "worker-" + i, connect, folder));
      }
      ensemble.awaitAll();
      for (LocalServer server : ensemble.servers()) {
        narrator.did(
            server.name(),
            "start on " + server.connectString(),
            "process " + server.processId() + ", " + server.ask().mode());
      }
      Map<String, DemoRole> masters = new LinkedHashMap<>();
      Map<String, DemoRole> workers = new LinkedHashMap<>();
      try (TaskClient client = TaskClient.connect(connect);
          TaskDemo demo = new TaskDemo(narrator, ensemble, client, masters, workers)) {
        for (DemoRole role : cast) {
          demo.admit(role, role.firstLine());
        }
        demo.play();
      } catch (RuntimeException e) {
        throw new DemoException(e.getMessage() + logs(folder), e);
      }
    } finally {
      cast.forEach(DemoRole::close);
    }
  }

  private static DemoRole master(Launch launch, String name, String connect, Path folder) {
    Path log = folder.resolve(name + ".log");
    return DemoRole.start(
        launch,
        name,
        log,
        "master",
        "--connect",
        connect,
        "--host",
        "localhost",
        "--session-timeout",
        SESSION);
  }

  private static DemoRole worker(Launch launch, String name, String connect, Path folder) {
    Path log = folder.resolve(name + ".log");
    return DemoRole.start(
        launch,
        name,
        log,
        "worker",
        "--connect",
        connect,
        "--id",
        name,
        "--slots",
        Integer.toString(SLOTS),
        "--session-timeout",
        SESSION);
  }

  /** Notes who is who: a master says "master HOST:PORT on ...", which is what /master holds. */
  private void admit(DemoRole role, String line) {
    if (line.startsWith("master ")) {
      masters.put(line.split(" ")[1], role);
    } else {
      workers.put(role.name(), role);
    }
    narrator.did(role.name(), "start", "process " + role.processId());
  }

  private void play() {
    await("all workers are registered", () -> client.workers().size() == WORKERS);
    DemoRole first = activeOtherThan(null);
    narrator.did(first.name(), "", "is the active master, the other stands by");

    narrator.chapter(TASKS + " tasks");
    for (DemoJob job : DemoJob.all(TASKS)) {
      jobs.put(client.submit(TaskSpec.shell(job.command())), job);
    }
    narrator.did("client", "submit " + TASKS + " tasks", "such as: " + sample().command());

    killWorker();
    DemoRole deposed = killMaster();
    LocalServer led = killLeader();
    narrator.did(activeOtherThan(deposed).name(), "", "has taken over as master");
    await("all tasks are over", () -> done() == TASKS);
    narrator.did("client", "", "all " + TASKS + " tasks are over");
    restart(led);
    new DemoTable(narrator, jobs, views()).tellAndCheck();
  }

  private DemoJob sample() {
    return jobs.values().iterator().next();
  }

  /** The active master, once there is one and it is not {@code deposed}. */
  private DemoRole activeOtherThan(DemoRole deposed) {
    DemoRole[] active = new DemoRole[1];
    await(
        "a master is active",
        () -> {
          // Between two masters there is none.
          String name = client.status().master();
          active[0] = name == null ? null : masters.get(name);
          return active[0] != null && active[0] != deposed;
        });
    return active[0];
  }

  /** Kills a worker that has tasks, so that somebody else must run them. */
  private void killWorker() {
    awaitResults(WORKER_DIES);
    String[] busy = new String[1];
    await("a worker is busy", () -> (busy[0] = busy()) != null);
    DemoRole victim = workers.get(busy[0]);
    victim.kill();
    narrator.did(
        victim.name(),
        "kill -9 " + victim.processId(),
        "dead, with " + running(victim.name()) + " in hand");
    await("its session expires", () -> client.workers().size() == WORKERS - 1);
    narrator.did("", "", "the session of " + victim.name() + " has expired");
  }

  private String busy() {
    return client.workers().stream()
        .filter(worker -> worker.assigned() >= SLOTS)
        .map(WorkerView::id)
        .findFirst()
        .orElse(null);
  }

  private String running(String worker) {
    List<String> names = new ArrayList<>();
    for (TaskView view : views()) {
      if (!view.over() && worker.equals(view.worker())) {
        names.add(view.task());
      }
    }
    return names.isEmpty() ? "nothing" : String.join(" and ", names);
  }

  private DemoRole killMaster() {
    awaitResults(MASTER_DIES);
    DemoRole victim = activeOtherThan(null);
    victim.kill();
    narrator.did(victim.name(), "kill -9 " + victim.processId(), "dead, and it was the active one");
    return victim;
  }

  /** Kills the server that leads; the two others are a quorum, and elect. */
  private LocalServer killLeader() {
    awaitResults(Math.min(LEADER_DIES, done() + 2));
    LocalServer victim = leaderOtherThan(null);
    victim.kill();
    narrator.did(victim.name(), "kill -9 " + victim.processId(), "dead, and it led the ensemble");
    narrator.did(leaderOtherThan(victim).name(), "", "leads now");
    return victim;
  }

  private LocalServer leaderOtherThan(LocalServer dead) {
    LocalServer[] leader = new LocalServer[1];
    await(
        "a server leads",
        () -> {
          leader[0] = ensemble.leader();
          return leader[0] != null && leader[0] != dead;
        });
    return leader[0];
  }

  private void restart(LocalServer server) {
    server.start();
    await(server.name() + " serves again", () -> server.ask().serves());
    narrator.did(
        server.name(),
        "start again",
        "process " + server.processId() + ", " + server.ask().mode() + " from what was on disk");
  }

  private void awaitResults(int count) {
    await(count + " tasks are over", () -> done() >= count);
    narrator.did("client", "", done() + " of " + TASKS + " tasks are over");
  }

  private int done() {
    return (int) views().stream().filter(TaskView::over).count();
  }

  private List<TaskView> views() {
    return client.list(List.copyOf(jobs.keySet()));
  }

  private void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new DemoException("waited " + TIMEOUT_SECONDS + " s in vain until " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DemoException("interrupted", e);
      }
    }
  }

  /** What the processes logged, for a person to see why it failed. */
  private static String logs(Path folder) {
    StringBuilder all = new StringBuilder();
    try (var files = Files.newDirectoryStream(folder, "*.log")) {
      for (Path log : files) {
        String text = Files.readString(log);
        if (!text.isBlank()) {
          all.append("\n").append(log.getFileName()).append(":\n").append(text.stripTrailing());
        }
      }
    } catch (IOException e) {
      all.append("\n(the logs could not be read: ").append(e.getMessage()).append(')');
    }
    return all.toString();
  }

  @Override
  public void close() {
    workers.values().forEach(DemoRole::close);
    masters.values().forEach(DemoRole::close);
  }
}
