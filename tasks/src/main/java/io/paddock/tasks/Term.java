package io.paddock.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One term of a master: from the claim of {@code /master} to the loss of session or epoch.
 *
 * <p>One thread does everything: it takes events and answers from an inbox and hands them to the
 * {@link Dispatcher}. Whenever something may have been missed, it reads the tree anew.
 */
final class Term implements Port {
  private static final Logger LOG = LoggerFactory.getLogger(Term.class);
  private static final int DRAIN_MAX = 4_096;
  private static final long IDLE_MS = 1_000;
  private static final long AGAIN_MS = 100;

  private final AsyncZooKeeper session;
  private final int epoch;
  private final MasterSettings settings;
  private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final Op fence;

  private Dispatcher dispatcher;
  private Promotion promotion;
  private int generation;
  private int inflight;
  private boolean stale = true;
  private volatile boolean serving;
  private volatile String ended;
  private volatile MasterReport report;
  private long recoveryMs;

  Term(AsyncZooKeeper session, int epoch, MasterSettings settings) {
    this.session = session;
    this.epoch = epoch;
    this.settings = settings;
    this.fence = Op.check(Layout.EPOCH, epoch);
  }

  boolean serving() {
    return serving && ended == null;
  }

  /** The numbers after the last step; null before the first. */
  MasterReport report() {
    return report;
  }

  String ended() {
    return ended;
  }

  /** Ends the term, from any thread; only the first reason counts. */
  void end(String reason) {
    if (ended == null) {
      ended = reason;
    }
    inbox.add(() -> {});
  }

  /** Events may have been missed: reads everything anew. From any thread. */
  void reconnected() {
    inbox.add(() -> stale = true);
  }

  /** Serves until the term has ended. */
  void serve() throws KeeperException, InterruptedException {
    watch(Layout.MASTER, AddWatchMode.PERSISTENT);
    watch(Layout.LIMITS, AddWatchMode.PERSISTENT);
    watch(Layout.TASKS, AddWatchMode.PERSISTENT_RECURSIVE);
    watch(Layout.ASSIGN, AddWatchMode.PERSISTENT_RECURSIVE);
    watch(Layout.WORKERS, AddWatchMode.PERSISTENT_RECURSIVE);
    watch(Layout.BACKLOG, AddWatchMode.PERSISTENT_RECURSIVE);
    while (ended == null) {
      if (stale && !resync()) {
        TimeUnit.MILLISECONDS.sleep(AGAIN_MS);
        continue;
      }
      drain();
      if (!stale && ended == null) {
        dispatcher.assign(Math.max(0, settings.inflightMax() - inflight));
        if (inflight < settings.inflightMax()) {
          dispatcher.purge();
          promotion.step(dispatcher.room());
        }
        report =
            new MasterReport(
                settings.name(),
                serving(),
                epoch,
                dispatcher.known(),
                dispatcher.waiting(),
                dispatcher.finished(),
                dispatcher.dead(),
                recoveryMs);
      }
    }
    serving = false;
  }

  private void watch(String path, AddWatchMode mode) throws KeeperException, InterruptedException {
    session.zk().addWatch(path, this::event, mode);
  }

  private void drain() throws InterruptedException {
    long wait = Math.max(0, Math.min(IDLE_MS, dispatcher.nextDue() - now()));
    Runnable next = inbox.poll(wait, TimeUnit.MILLISECONDS);
    for (int i = 0; next != null && i < DRAIN_MAX; i++) {
      next.run();
      next = inbox.poll();
    }
    if (next != null) {
      next.run();
    }
  }

  /** Gives {@code /master} up if it is still ours. */
  void resign() {
    try {
      Stat stat = session.zk().exists(Layout.MASTER, false);
      if (stat != null && stat.getEphemeralOwner() == session.id()) {
        session.zk().delete(Layout.MASTER, -1);
      }
    } catch (KeeperException e) {
      LOG.debug("/master goes with the session: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- reading everything

  /** Reads the whole tree into a new dispatcher; false when the connection did not hold. */
  private boolean resync() throws KeeperException {
    generation++;
    inflight = 0;
    long from = System.nanoTime();
    try {
      Stat master = AsyncZooKeeper.await(session.exists(Layout.MASTER));
      if (master == null || master.getEphemeralOwner() != session.id()) {
        end("/master is no longer ours");
        return false;
      }
      ZnodeData bounds = AsyncZooKeeper.await(session.get(Layout.LIMITS));
      TaskLimits limits = bounds == null ? settings.limits() : TaskLimits.parse(bounds.data());
      dispatcher = new Dispatcher(this, epoch, settings.batchMax(), limits);
      promotion = new Promotion(this);
      stale = false;
      new StateReader(session).read(dispatcher);
    } catch (KeeperException.ConnectionLossException e) {
      stale = true;
      return false;
    }
    serving = true;
    recoveryMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
    LOG.info(
        "epoch {}: {} tasks known, {} waiting, read in {} ms",
        epoch,
        dispatcher.known(),
        dispatcher.waiting(),
        recoveryMs);
    return true;
  }

  // ---- events

  private void event(WatchedEvent event) {
    if (event.getType() != EventType.None) {
      inbox.add(() -> handle(event.getType(), event.getPath()));
    }
  }

  private void handle(EventType type, String path) {
    if (dispatcher == null) {
      return;
    }
    String[] elements = path.substring(1).split("/");
    boolean deleted = type == EventType.NodeDeleted;
    switch (elements[0]) {
      case "tasks" -> taskEvent(type, elements);
      case "assign" -> {
        if (elements.length == 3 && deleted) {
          dispatcher.unassigned(elements[1], elements[2]);
        } else if (elements.length == 3 && type == EventType.NodeCreated) {
          dispatcher.assigned(elements[1], elements[2]);
        }
      }
      case "workers" -> {
        if (elements.length == 2) {
          workerEvent(deleted, elements[1]);
        }
      }
      case "master" -> {
        if (deleted) {
          end("/master was removed");
        }
      }
      default -> {
        if (path.equals(Layout.LIMITS)) {
          get(path, node -> dispatcher.limits(bounds(node)));
        } else {
          promotion.changed(elements.length == 3);
        }
      }
    }
  }

  private TaskLimits bounds(ZnodeData node) {
    return node == null ? settings.limits() : TaskLimits.parse(node.data());
  }

  private void taskEvent(EventType type, String[] elements) {
    boolean deleted = type == EventType.NodeDeleted;
    if (elements.length == 2) {
      if (type == EventType.NodeCreated) {
        dispatcher.look(elements[1]);
      } else if (deleted) {
        dispatcher.removed(elements[1]);
      } else {
        dispatcher.edited(elements[1]);
      }
    } else if (elements.length == 3 && elements[2].equals("status")) {
      if (deleted) {
        dispatcher.statusRemoved(elements[1]);
      } else {
        dispatcher.statusWritten(elements[1]);
      }
    }
  }

  private void workerEvent(boolean deleted, String id) {
    if (deleted) {
      dispatcher.workerGone(id);
    } else {
      get(
          Layout.worker(id),
          node -> {
            if (node != null) {
              dispatcher.worker(id, WorkerInfo.parse(node.data()));
            }
          });
    }
  }

  // ---- the port

  @Override
  public long now() {
    return settings.clock().millis();
  }

  @Override
  public void read(String task, Consumer<TaskNodes> then) {
    CompletableFuture<ZnodeData> result = session.get(Layout.result(task));
    CompletableFuture<ZnodeData> status = session.get(Layout.status(task));
    CompletableFuture<ZnodeData> node = session.get(Layout.task(task));
    answer(
        CompletableFuture.allOf(result, status, node),
        done -> then.accept(new TaskNodes(node.join(), result.join(), status.join())));
  }

  @Override
  public void children(String path, Consumer<List<String>> then) {
    answer(session.children(path), then);
  }

  @Override
  public void get(String path, Consumer<ZnodeData> then) {
    answer(session.get(path), then);
  }

  private <T> void answer(CompletableFuture<T> future, Consumer<T> then) {
    post(
        future,
        (value, failure) -> {
          if (failure == null) {
            then.accept(value);
          } else {
            stale = true; // read anew once there is a connection; if there is none, Curator says so
          }
        });
  }

  @Override
  public void write(List<Op> ops, Answer then) {
    List<Op> fenced = new ArrayList<>(ops.size() + 1);
    fenced.add(fence);
    fenced.addAll(ops);
    inflight++;
    post(
        session.multi(fenced),
        (results, failure) -> {
          inflight--;
          if (failure == null) {
            then.refused(null);
          } else if (failure instanceof AsyncZooKeeper.RefusedMulti refusal) {
            refused(refusal, then);
          } else {
            stale = true;
          }
        });
  }

  private void refused(AsyncZooKeeper.RefusedMulti refusal, Answer then) {
    if (refusal.index() == 0) {
      end("another master has epoch " + epoch + " or later");
    } else if (refusal.index() < 0) {
      stale = true;
      LOG.debug("a transaction was not answered: {}", refusal.code());
    } else {
      then.refused(refusal.without(1));
    }
  }

  /** Brings an answer to this thread; one to a question from before the last reading is dropped. */
  private <T> void post(CompletableFuture<T> future, BiConsumer<T, Throwable> then) {
    int asked = generation;
    future.whenComplete(
        (value, failure) ->
            inbox.add(
                () -> {
                  if (asked == generation && ended == null) {
                    then.accept(value, failure);
                  }
                }));
  }
}
