package io.paddock.tasks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker: runs the tasks that a master, or a person, assigns to it.
 *
 * <p>On session loss it kills what it runs and registers anew. Any thread may call its methods.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final long TICK_MS = 100;
  private static final long REGISTER_AGAIN_MS = 100;
  private static final int CONNECT_MS = 15_000;

  private final String id;
  private final WorkerInfo info;
  private final WorkerSettings settings;
  private final CuratorFramework curator;
  private final ScheduledExecutorService control;
  private final ExecutorService slots;

  private WorkerSession workerSession; // the control thread's
  private boolean draining; // the control thread's
  private boolean stopping; // the control thread's
  private boolean closed; // guarded by this

  private Worker(String connect, String id, WorkerInfo info, WorkerSettings settings) {
    this.id = id;
    this.info = info;
    this.settings = settings;
    this.control = Executors.newSingleThreadScheduledExecutor(new DaemonThreads("worker-" + id));
    this.slots = Executors.newFixedThreadPool(settings.slots(), new DaemonThreads("slot-" + id));
    try {
      this.curator = EnsembleConnection.connect(connect, settings.sessionTimeoutMs(), CONNECT_MS);
    } catch (RuntimeException e) {
      control.shutdownNow();
      slots.shutdownNow();
      throw e;
    }
  }

  /** Collects how a worker is to be; {@code connect} is {@code host:port,...[/chroot]}. */
  public static Builder builder(String connect) {
    return new Builder(connect);
  }

  /** For tests, which take its session away. */
  CuratorFramework curator() {
    return curator;
  }

  /** Its id. */
  public String id() {
    return id;
  }

  private void start() {
    curator
        .getConnectionStateListenable()
        .addListener((client, state) -> control.execute(() -> connection(state)));
    control.execute(this::enter);
    control.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  private void connection(ConnectionState state) {
    if (state == ConnectionState.LOST) {
      leave(StopReason.SESSION_LOST);
    } else if (state == ConnectionState.RECONNECTED) {
      guarded(this::reconnected);
    }
  }

  private void reconnected() throws KeeperException, InterruptedException {
    if (workerSession == null
        || workerSession.sessionId() != EnsembleConnection.handle(curator).getSessionId()) {
      leave(StopReason.SESSION_LOST);
      enter();
    } else {
      workerSession.reconcile();
    }
  }

  private void enter() {
    if (workerSession == null && !guarded(this::begin) && !stopping) {
      control.schedule(this::enter, REGISTER_AGAIN_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void begin() throws KeeperException, InterruptedException {
    AsyncZooKeeper session = new AsyncZooKeeper(EnsembleConnection.handle(curator));
    WorkerSession[] self = new WorkerSession[1];
    WorkerSession next =
        new WorkerSession(id, session, settings, control, slots, () -> unregistered(self[0]));
    self[0] = next;
    next.begin();
    workerSession = next;
    register(next);
  }

  private void register(WorkerSession current) {
    if (workerSession != current || current.registered()) {
      return;
    }
    guarded(() -> current.register(info.draining(draining)));
    if (current.registered()) {
      LOG.info("worker {} is registered, slots: {}", id, settings.slots());
    } else {
      control.schedule(() -> register(current), REGISTER_AGAIN_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void unregistered(WorkerSession current) {
    if (workerSession == current) {
      LOG.warn("worker {}: somebody removed its znode; registering anew", id);
      leave(StopReason.FENCED);
      control.execute(this::enter);
    }
  }

  private void leave(StopReason reason) {
    if (workerSession != null) {
      int stopped = workerSession.end(reason);
      if (!stopping) {
        LOG.warn(
            "worker {}: no longer registered ({}); tasks it ran and killed: {}",
            id,
            reason.said(),
            stopped);
      }
      workerSession = null;
    }
  }

  private void tick() {
    if (workerSession != null) {
      workerSession.tick();
    }
  }

  /** Does it; an interrupted connection leaves it to the next reconnection. */
  private boolean guarded(Step step) {
    try {
      step.run();
      return true;
    } catch (KeeperException e) {
      LOG.debug("worker {}: {}", id, e.getMessage());
    } catch (TasksException e) {
      LOG.warn("worker {}: {}", id, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  @FunctionalInterface
  private interface Step {
    void run() throws KeeperException, InterruptedException;
  }

  /** Whether it is registered. */
  public boolean ready() {
    return onControl(() -> workerSession != null && workerSession.registered());
  }

  /** How many tasks it has taken and not finished. */
  public int running() {
    return onControl(() -> workerSession == null ? 0 : workerSession.running());
  }

  /**
   * Stops gracefully: takes no more, finishes what it runs, hands back what is not done in time.
   *
   * @param timeoutMs how long what runs may take, in milliseconds
   */
  public void stop(long timeoutMs) {
    onControl(
        () -> {
          draining = true;
          if (workerSession != null) {
            workerSession.announce(info.draining(true));
          }
          return null;
        });
    if (!awaitIdle(timeoutMs)) {
      onControl(
          () -> {
            if (workerSession != null) {
              workerSession.handBack();
            }
            return null;
          });
      awaitIdle(2 * settings.graceMs());
    }
    close();
  }

  private boolean awaitIdle(long timeoutMs) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    while (running() > 0) {
      if (System.nanoTime() >= end) {
        return false;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(TICK_MS / 2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private <T> T onControl(java.util.function.Supplier<T> question) {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the worker " + id + " is closed");
      }
    }
    return CompletableFuture.supplyAsync(question, control).join();
  }

  /** Stops at once: kills what it runs and gives up its session. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    CompletableFuture.runAsync(
            () -> {
              stopping = true;
              leave(StopReason.SESSION_LOST);
            },
            control)
        .join();
    curator.close();
    control.shutdown();
    slots.shutdown();
  }

  /** Collects how a worker is to be. For one thread. */
  public static final class Builder {
    private final String connect;
    private String id;
    private int slots = 4;
    private int sessionTimeoutMs = 10_000;
    private long heartbeatMs = 5_000;
    private long graceMs = 5_000;
    private int outputBytesMax = 16_384;
    private final Set<String> labels = new TreeSet<>();
    private final Map<String, TaskHandler> handlers = new LinkedHashMap<>();

    private Builder(String connect) {
      this.connect = connect;
    }

    /** Its name below {@code /workers}; by default host name and process id. */
    public Builder id(String value) {
      if (value.isEmpty() || value.contains("/")) {
        throw new IllegalArgumentException("a worker's id is one element of a path: " + value);
      }
      id = value;
      return this;
    }

    /** How many tasks it runs at once, from 1; 4 by default. */
    public Builder slots(int value) {
      slots = Math.max(1, value);
      return this;
    }

    /** What it offers to tasks that ask for a label. */
    public Builder label(String value) {
      labels.add(value);
      return this;
    }

    /** Runs tasks of a type in this process. */
    public Builder handler(String type, TaskHandler handler) {
      handlers.put(type, handler);
      return this;
    }

    /** After how long without contact it counts as dead, in milliseconds; 10,000 by default. */
    public Builder sessionTimeoutMs(int value) {
      sessionTimeoutMs = value;
      return this;
    }

    /** How often a long attempt says that it runs, in milliseconds; 5,000 by default. */
    public Builder heartbeatMs(long value) {
      heartbeatMs = value;
      return this;
    }

    /** How long a process has between TERM and KILL, in milliseconds; 5,000 by default. */
    public Builder graceMs(long value) {
      graceMs = value;
      return this;
    }

    /** How much of an attempt's output is kept, in bytes; 16,384 by default, at most 65,536. */
    public Builder outputBytesMax(int value) {
      outputBytesMax = Math.max(1, Math.min(value, 65_536));
      return this;
    }

    /**
     * Connects and starts it.
     *
     * @throws TasksException when no server answers
     */
    public Worker start() {
      Map<String, TaskHandler> all = new LinkedHashMap<>();
      all.put(TaskSpec.COMMAND, new CommandHandler(graceMs));
      all.putAll(handlers);
      long pid = ProcessHandle.current().pid();
      String name = id == null ? host() + "-" + pid : id;
      WorkerInfo info = new WorkerInfo(host(), pid, slots, labels, handlers.keySet(), false);
      WorkerSettings settings =
          new WorkerSettings(
              slots,
              sessionTimeoutMs,
              heartbeatMs,
              graceMs,
              outputBytesMax,
              Map.copyOf(all),
              Clock.systemUTC());
      Worker worker = new Worker(connect, name, info, settings);
      worker.start();
      return worker;
    }
  }

  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
