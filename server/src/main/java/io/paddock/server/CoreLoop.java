package io.paddock.server;

import io.netty.channel.EventLoop;
import io.paddock.frontend.View;
import io.paddock.machine.CoreThread;
import io.paddock.machine.Guard;
import io.paddock.machine.JournalThread;
import io.paddock.metrics.CoreMetrics;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import io.paddock.replica.Core;
import io.paddock.replica.FeedItem;
import io.paddock.replica.Replica;
import io.paddock.replica.Service;
import io.paddock.replica.Submission;
import io.paddock.tree.Tree;
import io.paddock.zab.ZabInput;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The core's thread: an event loop that owns the {@link Replica}. Requests come in from the client
 * loops, of which one may be this very loop: then a request is a plain call, and the group that a
 * burst of reads from sockets brings is closed when the loop has done with its sockets. What the
 * journal reports comes in as tasks.
 *
 * <p>Over 400 lines: what comes in, what waits while the replica is exchanged and what is told of
 * it are one thread's.
 */
final class CoreLoop implements Core, CoreThread, JournalThread.Listener {
  private static final int GROUP_SIZE_MAX = 128;

  private final EventLoop loop;
  private final Consumer<Throwable> halt;
  private final Guard guard = new Guard(this::failed);
  private final ConcurrentLinkedQueue<Object> inbox = new ConcurrentLinkedQueue<>();

  /** Requests in the inbox. */
  private final AtomicInteger queued = new AtomicInteger();

  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final Runnable drain = () -> guarded(this::drain);
  private final Runnable endBurst = () -> guarded(this::endBurst);

  private Replica replica;
  private JournalThread journal;
  private List<ClientLoop> followers = List.of();

  /** Who is told of all that the feed holds, for the audit log; null where there is none. */
  private Consumer<FeedItem> auditor;

  /** What may make a server alone a member; null where nothing may. */
  private Growth growth;

  /** Requests that wait while the replica is exchanged; null while it is not. */
  private ArrayDeque<Submission> held;

  /** Whether time stands still for the replica, which is about to go. */
  private boolean still;

  private volatile FeedItem published;
  private volatile int outstanding;
  private volatile int localSessions;
  private volatile long feedLagBytes;
  private boolean burstOpen;
  private ServerMetrics metrics;
  private CoreMetrics figures;

  /** When the oldest of what is in the inbox came, as far as the core has not seen to it. */
  private volatile long inboxSinceNanos;

  private long sessionsExpired;
  private long digestMismatches;
  private int groupSize;
  private volatile boolean halted;
  private volatile Service service = Service.FULL;

  /** A session that was heard on another loop. */
  private record Touch(long sessionId, int timeoutMs) {}

  /**
   * @param halt what ends the process when the state cannot be trusted any more
   */
  CoreLoop(EventLoop loop, Consumer<Throwable> halt) {
    this.loop = loop;
    this.halt = halt;
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  /** What stands around whatever any thread of the server does: after a failure nothing goes on. */
  @Override
  public Guard guard() {
    return guard;
  }

  /** Called in the loop, it says that the loop goes round; and it throws if nothing comes of it. */
  void checkGoes() {
    if (halted || replica == null) {
      throw new IllegalStateException("the server takes no further step");
    }
  }

  /** Where rare events are counted, if anywhere. Before the start. */
  void countIn(ServerMetrics all) {
    metrics = all;
    figures = new CoreMetrics(all);
  }

  /** Who is told of each item of the feed, in order and without delay. Before the start. */
  void auditBy(Consumer<FeedItem> newAuditor) {
    auditor = newAuditor;
  }

  /** The figures of the core's thread, for those who run in the loop; null where none are kept. */
  @Override
  public CoreMetrics figures() {
    return figures;
  }

  /**
   * Begins to serve: takes the lead, and calls {@link Replica#tick} from now on. Called in the
   * loop.
   */
  void start(Replica replica, JournalThread journal, List<ClientLoop> followers, long tickMs) {
    this.replica = replica;
    this.journal = journal;
    this.followers = followers;
    this.published = replica.last();
    if (figures != null) {
      replica.countIn(figures);
    }
    replica.start();
    loop.scheduleWithFixedDelay(() -> guarded(this::tick), tickMs, tickMs, TimeUnit.MILLISECONDS);
  }

  /** The tree as committed. Any thread. */
  @Override
  public Tree tree() {
    return published.tree();
  }

  @Override
  public int outstanding() {
    return loop.inEventLoop() && replica != null
        ? replica.outstanding()
        : outstanding + queued.get();
  }

  /** How far the slowest client loop is behind the feed, in its bytes. Any thread. */
  long feedLagBytes() {
    return feedLagBytes;
  }

  /** The {@link FeedItem#bytes} of the feed's end. Any thread. */
  long feedBytes() {
    return published.bytes();
  }

  /** Sessions that only this server knows, as of the last burst. Any thread. */
  int localSessions() {
    return localSessions;
  }

  /** The replica, for those who run in the loop. */
  Replica replica() {
    return replica;
  }

  @Override
  public void submit(Submission submission) {
    if (loop.inEventLoop()) {
      openBurst();
      if (figures != null) {
        figures.submitted();
      }
      guarded(() -> pass(submission));
    } else {
      queued.incrementAndGet();
      send(submission);
    }
  }

  private void pass(Submission submission) {
    if (held != null) {
      held.addLast(submission);
    } else if (growth == null || !growth.begins(submission)) {
      replica.submit(submission);
    }
  }

  // The replica of a server alone is exchanged for a member's. In the loop.

  /** Who is asked whether a request makes this server a member. Before the start. */
  void growBy(Growth newGrowth) {
    growth = newGrowth;
  }

  /** Requests wait from now on, behind this one. */
  void hold(Submission first) {
    held = new ArrayDeque<>();
    held.addLast(first);
  }

  /**
   * Once nothing is outstanding any more, time stands still for the replica, and {@code then} is
   * done.
   */
  void whenQuiet(Runnable then) {
    replica.endBurst();
    if (replica.outstanding() > 0) {
      loop.schedule(() -> guarded(() -> whenQuiet(then)), 1, TimeUnit.MILLISECONDS);
    } else {
      still = true;
      then.run();
    }
  }

  /** Another replica goes on, on the same feed. */
  void exchange(Replica next) {
    replica = next;
    sessionsExpired = 0;
    digestMismatches = 0;
    if (figures != null) {
      next.countIn(figures);
    }
    still = false;
    next.start();
    openBurst();
  }

  /** The first of the requests that wait, which is taken out. */
  Submission takeFirst() {
    return held.removeFirst();
  }

  /** Requests wait no longer. */
  void release() {
    ArrayDeque<Submission> waiting = held;
    held = null;
    still = false;
    waiting.forEach(this::pass);
    openBurst();
  }

  @Override
  public void touch(long sessionId, int timeoutMs) {
    if (loop.inEventLoop()) {
      guarded(() -> replica.touch(sessionId, timeoutMs));
    } else {
      send(new Touch(sessionId, timeoutMs));
    }
  }

  @Override
  public Service service() {
    return service;
  }

  /** Which clients are let in from now on. Any thread. */
  void service(Service now) {
    service = now;
  }

  /** Takes what a peer or the disk has brought; what it appends is forced with its burst. */
  @Override
  public void input(Runnable step) {
    openBurst();
    guarded(step);
  }

  /** The same from any thread, or later. */
  @Override
  public void later(Runnable step) {
    loop.execute(() -> input(step));
  }

  @Override
  public void durable(long zxid) {
    execute(
        () -> {
          replica.on(new ZabInput.Durable(zxid));
          signal();
        });
  }

  @Override
  public void diskFull(String what) {
    execute(
        () -> {
          journal.newGeneration();
          replica.onDiskFull(what);
          signal();
        });
  }

  @Override
  public void filesLost() {
    loop.execute(
        () -> {
          if (replica != null) {
            guarded(() -> journal.remake(replica.logged()));
          }
          // Else it is too early: the journal asks again.
        });
  }

  @Override
  public void failed(Throwable cause) {
    halted = true;
    halt.accept(cause);
  }

  private void send(Object message) {
    inbox.add(message);
    if (drainScheduled.compareAndSet(false, true)) {
      inboxSinceNanos = System.nanoTime();
      loop.execute(drain);
    }
  }

  private void drain() {
    drainScheduled.set(false);
    takeInbox();
    outstanding = replica.outstanding();
    openBurst();
  }

  /** How many requests it was. */
  private int takeInbox() {
    long sinceNanos = inboxSinceNanos;
    long waitedNanos = System.nanoTime() - sinceNanos;
    int requests = 0;
    for (Object message = inbox.poll(); message != null; message = inbox.poll()) {
      if (message instanceof Submission submission) {
        queued.decrementAndGet();
        requests++;
        pass(submission);
      } else if (message instanceof Touch touch) {
        replica.touch(touch.sessionId, touch.timeoutMs);
      }
    }
    if (figures != null) {
      figures.drained(requests, waitedNanos);
    }
    return requests;
  }

  private void openBurst() {
    if (!burstOpen) {
      burstOpen = true;
      loop.execute(endBurst);
    }
  }

  /**
   * Closes the group once a look at the sockets has brought nothing more for it, or it is large: a
   * force costs the same for one transaction as for a hundred.
   */
  private void endBurst() {
    if (replica == null) {
      // A port was opened; it is too early for anything else.
      burstOpen = false;
      return;
    }
    int size = replica.unforced();
    if (size > groupSize && size < GROUP_SIZE_MAX) {
      groupSize = size;
      loop.execute(endBurst);
    } else {
      groupSize = 0;
      burstOpen = false;
      replica.endBurst();
    }
    signal();
  }

  /** Rare things that the replica has met are counted under their names. */
  private void count() {
    if (metrics != null) {
      counted(EventCounter.STALE_SESSIONS_EXPIRED, replica.sessionsExpired(), sessionsExpired);
      counted(EventCounter.DIGEST_MISMATCHES_COUNT, replica.digestMismatches(), digestMismatches);
      sessionsExpired = replica.sessionsExpired();
      digestMismatches = replica.digestMismatches();
    }
  }

  private void counted(EventCounter counter, long now, long before) {
    for (long i = before; i < now; i++) {
      metrics.count(counter);
    }
  }

  private void tick() {
    if (still) {
      return;
    }
    replica.tick();
    count();
    signal();
  }

  /** Tells the client loops that the feed has grown. */
  private void signal() {
    outstanding = replica.outstanding() + (held == null ? 0 : held.size());
    localSessions = replica.localSessionCount();
    FeedItem last = replica.last();
    if (last != published) {
      if (auditor != null) {
        for (FeedItem item = published.next(); item != null; item = item.next()) {
          auditor.accept(item);
        }
      }
      published = last;
      for (ClientLoop follower : followers) {
        follower.wake();
      }
    }
    follow(last.bytes());
  }

  /** Looks which place in the feed every client loop has come to. */
  private void follow(long endBytes) {
    // Without any, somebody else follows who does not tell how far.
    long place = followers.isEmpty() ? 0 : Long.MAX_VALUE;
    long bytes = endBytes;
    for (int i = 0; i < followers.size(); i++) {
      View view = followers.get(i).view();
      place = Math.min(place, view.place());
      bytes = Math.min(bytes, view.placeBytes());
    }
    feedLagBytes = endBytes - bytes;
    if (replica.awaitsOldConnections() && takeInbox() > 0) {
      openBurst();
    }
    replica.followed(place);
  }

  private void execute(Runnable step) {
    loop.execute(() -> guarded(step));
  }

  /** After a step that failed none is taken any more, until the process has ended. */
  private void guarded(Runnable step) {
    if (halted) {
      return;
    }
    try {
      step.run();
    } catch (Throwable e) {
      failed(e);
    }
  }
}
