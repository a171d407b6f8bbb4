package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master: stands by until {@code /master} is free, then serves a {@link Term}, again and again.
 *
 * <p>Any number may stand by. A term is bound to one session and to one version of the epoch znode;
 * both are checked by the server with every write. Any thread may call its methods.
 */
public final class Master implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Master.class);
  private static final int CONNECT_MS = 15_000;
  private static final long LOOK_AGAIN_MS = 2_000;
  private static final long PAUSE_MS = 100;
  private static final int INFLIGHT_MAX = 16;

  private final MasterSettings settings;
  private final CuratorFramework curator;
  private final Thread thread;
  private final AtomicReference<Term> term = new AtomicReference<>();
  private final Semaphore news = new Semaphore(0);
  private final Watcher watcher = event -> news.release(); // one object, so it is registered once
  private final ReportPort reports; // null when it was given a name
  private volatile boolean closed;

  private Master(String connect, MasterSettings settings, ReportPort reports) {
    this.settings = settings;
    this.reports = reports;
    this.curator = EnsembleConnection.connect(connect, settings.sessionTimeoutMs(), CONNECT_MS);
    this.thread = new Thread(this::live, "master-" + settings.name());
    thread.setDaemon(true);
  }

  /** Collects how a master is to be; {@code connect} is {@code host:port,...[/chroot]}. */
  public static Builder builder(String connect) {
    return new Builder(connect);
  }

  /** For tests, which take its session away. */
  CuratorFramework curator() {
    return curator;
  }

  /** Whether it holds {@code /master} and has read the tree. */
  public boolean active() {
    Term current = term.get();
    return current != null && current.serving();
  }

  /** What stands in {@code /master} while it is active. */
  public String name() {
    return settings.name();
  }

  /** What it says of itself on its port. */
  public MasterReport report() {
    Term current = term.get();
    MasterReport report = current == null ? null : current.report();
    return report == null ? new MasterReport(settings.name(), false, 0, 0, 0, 0, 0, 0) : report;
  }

  private void start() {
    curator.getConnectionStateListenable().addListener((client, state) -> connection(state));
    thread.start();
    if (reports != null) {
      reports.serve(this::report);
    }
  }

  private void connection(ConnectionState state) {
    Term current = term.get();
    if (current == null) {
      return;
    }
    if (state == ConnectionState.LOST) {
      current.end("the session is lost");
    } else if (state == ConnectionState.RECONNECTED) {
      current.reconnected();
    }
  }

  private void live() {
    while (!closed) {
      try {
        ZooKeeper zk = EnsembleConnection.handle(curator);
        EnsembleConnection.createLayout(zk);
        int epoch = claim(zk);
        if (epoch < 0) {
          standBy(zk);
        } else {
          serve(new AsyncZooKeeper(zk), epoch);
        }
      } catch (KeeperException | TasksException e) {
        LOG.debug("master {}: {}", settings.name(), e.getMessage());
        pause(PAUSE_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.error("master {}: the term ended by a fault", settings.name(), e);
          pause(PAUSE_MS);
        }
      }
    }
  }

  /** Takes {@code /master} and a new epoch in one transaction; the epoch, or -1 if it is taken. */
  private int claim(ZooKeeper zk) throws KeeperException, InterruptedException {
    Stat epoch = zk.exists(Layout.EPOCH, false);
    byte[] name = settings.name().getBytes(StandardCharsets.UTF_8);
    try {
      zk.multi(
          List.of(
              Op.setData(Layout.EPOCH, name, epoch.getVersion()),
              Op.create(Layout.MASTER, name, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL)));
      return epoch.getVersion() + 1;
    } catch (KeeperException.NodeExistsException | KeeperException.BadVersionException e) {
      return own(zk);
    }
  }

  /** After a claim whose answer was lost: ours if {@code /master} is of our session. */
  private int own(ZooKeeper zk) throws KeeperException, InterruptedException {
    Stat master = zk.exists(Layout.MASTER, false);
    if (master == null || master.getEphemeralOwner() != zk.getSessionId()) {
      return -1;
    }
    Stat epoch = zk.exists(Layout.EPOCH, false);
    // Ours only if the transaction that made /master is the one that last set the epoch.
    return epoch.getMzxid() == master.getCzxid() ? epoch.getVersion() : -1;
  }

  private void standBy(ZooKeeper zk) throws KeeperException, InterruptedException {
    news.drainPermits();
    if (zk.exists(Layout.MASTER, watcher) != null) {
      news.tryAcquire(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void serve(AsyncZooKeeper session, int epoch)
      throws KeeperException, InterruptedException {
    Term current = new Term(session, epoch, settings);
    term.set(current);
    LOG.info("master {} is active, epoch {}", settings.name(), epoch);
    try {
      current.serve();
    } finally {
      term.set(null);
      LOG.info("master {} is no longer active: {}", settings.name(), current.ended());
      current.resign();
    }
  }

  private static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives up {@code /master} and the session. */
  @Override
  public void close() {
    closed = true;
    Term current = term.get();
    if (current != null) {
      current.end("it is closed");
    }
    curator.close();
    if (reports != null) {
      reports.close();
    }
    thread.interrupt();
    try {
      thread.join(CONNECT_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Collects how a master is to be. For one thread. */
  public static final class Builder {
    private final String connect;
    private String name;
    private String host = Worker.host();
    private int port;
    private int sessionTimeoutMs = 10_000;
    private int batchMax = 64;
    private TaskLimits limits = TaskLimits.DEFAULTS;

    private Builder(String connect) {
      this.connect = connect;
    }

    /** What it writes into {@code /master}; without one it listens on a port and writes that. */
    public Builder name(String value) {
      name = value;
      return this;
    }

    /** The host name to write into {@code /master}; by default this machine's. */
    public Builder host(String value) {
      host = value;
      return this;
    }

    /**
     * The port on which it answers with its {@link MasterReport}; 0, the default, for a free one.
     */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /** After how long without contact another takes over, in milliseconds; 10,000 by default. */
    public Builder sessionTimeoutMs(int value) {
      sessionTimeoutMs = value;
      return this;
    }

    /** How many assignments go into one transaction; 64 by default. */
    public Builder batchMax(int value) {
      batchMax = Math.max(1, value);
      return this;
    }

    /** Other bounds; {@code /paddock/limits} goes before them. */
    public Builder limits(TaskLimits value) {
      limits = value;
      return this;
    }

    /**
     * Connects and starts it.
     *
     * @throws TasksException when no server answers, or its own port is taken
     */
    public Master start() {
      ReportPort reports = name == null ? ReportPort.open(port) : null;
      String known = name == null ? host + ":" + reports.port() : name;
      MasterSettings settings =
          new MasterSettings(
              known, sessionTimeoutMs, batchMax, INFLIGHT_MAX, limits, Clock.systemUTC());
      try {
        Master master = new Master(connect, settings, reports);
        master.start();
        return master;
      } catch (TasksException e) {
        if (reports != null) {
          reports.close();
        }
        throw e;
      }
    }
  }
}
