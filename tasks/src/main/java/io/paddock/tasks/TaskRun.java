package io.paddock.tasks;

import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at a task in one worker: runs it, and records its end if the assignment still stands.
 *
 * <p>It has a slot's thread while it runs; {@link #stop} and {@link #beat} come from others.
 */
final class TaskRun {
  private static final Logger LOG = LoggerFactory.getLogger(TaskRun.class);
  private static final int REPAIRS_MAX = 3;

  /** Where a run is; what stops it depends on that. */
  private enum Phase {
    WAITING,
    RUNNING,
    RECORDING
  }

  private final String worker;
  private final String task;
  private final TaskSpec spec;
  private final Assignment assignment;
  private final AsyncZooKeeper session;
  private final Clock clock;
  private final TaskContext context;
  private final String id = UUID.randomUUID().toString();

  private Phase phase = Phase.WAITING;
  private StopReason stopped;
  private Thread thread;
  private long started;
  private long shownBytes;
  private long beatAt;
  private boolean beating;

  TaskRun(
      String worker,
      String task,
      TaskSpec spec,
      Assignment assignment,
      AsyncZooKeeper session,
      WorkerSettings settings) {
    this.worker = worker;
    this.task = task;
    this.spec = spec;
    this.assignment = assignment;
    this.session = session;
    this.clock = settings.clock();
    OutputTail output = new OutputTail(settings.outputBytesMax());
    this.context = new TaskContext(task, worker, assignment.attempt(), spec, output);
  }

  String task() {
    return task;
  }

  TaskSpec spec() {
    return spec;
  }

  /** Runs and records, in the calling thread. */
  void run(TaskHandler handler) {
    synchronized (this) {
      if (stopped == null) {
        phase = Phase.RUNNING;
        thread = Thread.currentThread();
        started = clock.millis();
        beatAt = started;
      }
    }
    TaskOutcome outcome = stopReason() == null ? attempt(handler) : null;
    StopReason reason;
    synchronized (this) {
      phase = Phase.RECORDING;
      thread = null;
      reason = stopped;
    }
    Thread.interrupted(); // a stop that came late is meant for nobody
    if (reason == null || reason.recorded()) {
      record(outcome, reason);
    } else if (reason == StopReason.SHUTDOWN) {
      handBack();
    }
  }

  private TaskOutcome attempt(TaskHandler handler) {
    if (spec.error() != null) {
      return TaskOutcome.failed(spec.error());
    }
    if (handler == null) {
      return TaskOutcome.failed("this worker has no handler for tasks of type " + spec.type());
    }
    try {
      TaskOutcome outcome = handler.handle(context);
      return outcome == null ? TaskOutcome.done(null) : outcome;
    } catch (InterruptedException e) {
      return TaskOutcome.failed("interrupted");
    } catch (Exception e) {
      return TaskOutcome.failed(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /** Ends it early; without effect once it is being recorded. */
  void stop(StopReason reason) {
    synchronized (this) {
      if (phase == Phase.RECORDING || stopped != null) {
        return;
      }
      stopped = reason;
    }
    context.stop(reason);
    synchronized (this) {
      if (phase == Phase.RUNNING && thread != null && !spec.type().equals(TaskSpec.COMMAND)) {
        thread.interrupt();
      }
    }
  }

  private synchronized StopReason stopReason() {
    return stopped;
  }

  /** Whether it runs for longer than it may at {@code now}. */
  synchronized boolean overdue(long now) {
    return phase == Phase.RUNNING && spec.timeoutMs() > 0 && now - started >= spec.timeoutMs();
  }

  /**
   * Writes the heartbeat if it is due: after a whole interval, or at once for new output that
   * somebody waits for.
   */
  void beat(long now, long intervalMs) {
    long bytes = context.output().total();
    Progress progress;
    synchronized (this) {
      boolean due = now - beatAt >= intervalMs || spec.stream() && bytes > shownBytes;
      if (phase != Phase.RUNNING || beating || !due) {
        return;
      }
      beating = true;
      beatAt = now;
      shownBytes = bytes;
      String output = bytes > 0 ? context.output().text() : null;
      progress =
          new Progress(
              assignment.attempt(),
              worker,
              started,
              now,
              context.fraction(),
              context.message(),
              output,
              bytes);
    }
    write(JsonText.bytes(progress));
  }

  private void write(byte[] data) {
    String path = Layout.progress(task);
    AsyncCallback.StringCallback created = (rc, p, c, name) -> beaten();
    AsyncCallback.StatCallback set =
        (rc, p, c, stat) -> {
          if (rc == Code.NONODE.intValue()) {
            session
                .zk()
                .create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, created, null);
          } else {
            beaten();
          }
        };
    session.zk().setData(path, data, -1, set, null);
  }

  private synchronized void beaten() {
    beating = false;
  }

  private void record(TaskOutcome outcome, StopReason reason) {
    Attempt attempt = ended(outcome, reason);
    RetryDelay delay = new RetryDelay();
    int repairs = 0;
    while (true) {
      try {
        TaskResult before = assignment.fence() < 0 ? TaskResult.NONE : readResult();
        TaskResult after = before.after(spec, attempt, ThreadLocalRandom.current().nextDouble());
        List<Op> ops = Ending.of(task, assignment.fence(), after, worker);
        session.zk().multi(ops);
        return;
      } catch (KeeperException.ConnectionLossException e) {
        delay.pause(e); // it may have been written: the next answer tells
      } catch (KeeperException.SessionExpiredException e) {
        LOG.warn("{} attempt {} is not recorded: the session is over", task, assignment.attempt());
        return;
      } catch (KeeperException e) {
        if (recordedOrFenced(e) || ++repairs > REPAIRS_MAX) {
          return;
        }
        EnsembleConnection.createLayout(session.zk());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private Attempt ended(TaskOutcome outcome, StopReason reason) {
    TaskStatus status = reason == StopReason.TIMEOUT ? TaskStatus.TIMED_OUT : outcome.status();
    String message =
        reason == StopReason.TIMEOUT
            ? "stopped after its " + spec.timeoutMs() + " ms"
            : outcome.message();
    OutputTail output = context.output();
    return new Attempt(
        assignment.attempt(),
        worker,
        id,
        started,
        clock.millis(),
        status.word(),
        outcome.exitCode(),
        message,
        output.total() == 0 ? null : output.text(),
        output.total());
  }

  /** Whether nothing is left to do after a refusal: it is written already, or not ours to write. */
  private boolean recordedOrFenced(KeeperException refusal) {
    RetryDelay delay = new RetryDelay();
    while (true) {
      try {
        if (readResult().holds(id)) {
          return true;
        }
        boolean assigned = session.zk().exists(Layout.assignment(worker, task), false) != null;
        boolean over = session.zk().exists(Layout.status(task), false) != null;
        boolean moved = fence() != assignment.fence();
        if (!assigned || over || moved) {
          LOG.warn(
              "{} attempt {} is not recorded: the assignment no longer stands ({})",
              task,
              assignment.attempt(),
              refusal.code());
          return true;
        }
        return false;
      } catch (KeeperException.ConnectionLossException e) {
        delay.pause(e);
      } catch (KeeperException e) {
        LOG.warn("{} attempt {} is not recorded: {}", task, assignment.attempt(), e.getMessage());
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return true;
      }
    }
  }

  private TaskResult readResult() throws KeeperException, InterruptedException {
    try {
      return TaskResult.parse(session.zk().getData(Layout.result(task), false, null));
    } catch (KeeperException.NoNodeException e) {
      return TaskResult.NONE;
    }
  }

  private int fence() throws KeeperException, InterruptedException {
    var stat = session.zk().exists(Layout.result(task), false);
    return stat == null ? -1 : stat.getVersion();
  }

  private void handBack() {
    try {
      session.zk().delete(Layout.assignment(worker, task), -1);
    } catch (KeeperException e) {
      LOG.info("{} could not be handed back: {}", task, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
