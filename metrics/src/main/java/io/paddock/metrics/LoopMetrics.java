package io.paddock.metrics;

import io.paddock.frontend.Meter;
import io.paddock.frontend.Walk;
import io.paddock.tree.Change;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counters of one client loop. Only that loop's thread writes, with plain additions; others
 * read when they are asked for figures, so nothing on the way of a request is shared.
 *
 * <p>A reset comes as a new generation number: the loop begins anew when it records next, and until
 * then readers take its counters for zero.
 */
public final class LoopMetrics implements Meter {
  private static final int RECEIVED = 0;
  private static final int SENT = 1;
  private static final int RECEIVED_BYTES = 2;
  private static final int LAST_RESPONSE = 3;
  private static final int MIN_RESPONSE = 4;
  private static final int MAX_RESPONSE = 5;
  private static final int READ = 6;
  private static final int UPDATE = READ + Cells.SIZE;
  private static final int CELLS = UPDATE + Cells.SIZE;

  /** What ZooKeeper adds to the size of each read, for the znode's stat. */
  private static final int STAT_BYTES = 68;

  /** Keeps this array's numbers off the cache lines of its neighbours in the heap. */
  private static final int PADDING = 16;

  private final ServerMetrics owner;
  private final AtomicLongArray cells = new AtomicLongArray(PADDING + CELLS + PADDING);
  private final LatencyHistogram reads = new LatencyHistogram();
  private final LatencyHistogram updates = new LatencyHistogram();
  private final ThreadMetrics figures;
  private long clearingNanos;
  private volatile int generation;

  private volatile int connections;
  private volatile long watches;

  LoopMetrics(ServerMetrics owner) {
    this.owner = owner;
    this.figures = owner.newThread();
    this.generation = owner.generation();
  }

  @Override
  public void received() {
    startGeneration();
    add(RECEIVED, 1);
  }

  @Override
  public void eventSent() {
    startGeneration();
    add(SENT, 1);
  }

  @Override
  public void replied(boolean transaction, int bytes, long latencyNanos) {
    startGeneration();
    add(SENT, 1);
    put(LAST_RESPONSE, bytes);
    if (get(MIN_RESPONSE) == 0 || bytes < get(MIN_RESPONSE)) {
      put(MIN_RESPONSE, bytes);
    }
    if (bytes > get(MAX_RESPONSE)) {
      put(MAX_RESPONSE, bytes);
    }
    record(transaction ? UPDATE : READ, latencyNanos);
    (transaction ? updates : reads).record(latencyNanos);
    figures.add(HotCounter.RESPONSE_BYTES, bytes);
  }

  @Override
  public void fired(Change.Kind kind, int events) {
    figures.record(
        switch (kind) {
          case CREATED -> HotSummary.NODE_CREATED_WATCH_COUNT;
          case DELETED -> HotSummary.NODE_DELETED_WATCH_COUNT;
          case DATA_CHANGED -> HotSummary.NODE_CHANGED_WATCH_COUNT;
          case CHILDREN_CHANGED -> HotSummary.NODE_CHILDREN_WATCH_COUNT;
        },
        events);
  }

  @Override
  public void event(int bytes) {
    figures.add(HotCounter.WATCH_BYTES, bytes);
  }

  @Override
  public void read(String path, long bytes) {
    figures
        .keyed(KeyedSummary.READ_PER_NAMESPACE)
        .recordForPath(path, path.length() + bytes + STAT_BYTES);
  }

  @Override
  public void waits(int requests) {
    figures.record(HotSummary.REQUESTS_IN_SESSION_QUEUE, requests);
  }

  @Override
  public void behindWrite(int reads) {
    figures.record(HotSummary.READS_AFTER_WRITE_IN_SESSION_QUEUE, reads);
  }

  @Override
  public void walked(Walk walk, long startNanos) {
    figures.record(HotSummary.COMMIT_PROCESS_TIME, System.nanoTime() - startNanos);
    figures.record(HotSummary.COMMIT_COMMIT_PROC_REQ_QUEUED, walk.items());
    figures.record(HotSummary.WRITE_COMMIT_PROC_ISSUED, walk.answers());
    figures.record(HotSummary.READ_COMMIT_PROC_ISSUED, walk.reads());
    figures.record(HotSummary.SESSION_QUEUES_DRAINED, walk.drained());
    figures.record(HotSummary.PENDING_SESSION_QUEUE_SIZE, walk.waitingLanes());
    figures.record(HotSummary.READ_COMMIT_PROC_REQ_QUEUED, walk.waitingReads());
    figures.record(HotSummary.WRITE_COMMIT_PROC_REQ_QUEUED, walk.waitingWrites());
    figures.record(
        HotSummary.CONCURRENT_REQUEST_PROCESSING_IN_COMMIT_PROCESSOR,
        walk.waitingReads() + walk.waitingWrites());
  }

  /** The feed had grown for so long when the loop came to follow it. */
  public void followsAfter(long nanos) {
    figures.record(HotSummary.SERVER_WRITE_COMMITTED_TIME_MS, nanos);
  }

  /** What a socket brought was handled, which took so long. */
  public void handled(long nanos) {
    figures.record(HotSummary.READ_FINAL_PROC_TIME_MS, nanos);
  }

  /** So many bytes of a connection are kept for later. */
  public void kept(int bytes) {
    figures.record(HotSummary.NETTY_QUEUED_BUFFER_CAPACITY, bytes);
  }

  @Override
  public void delayed(long nanos) {
    owner.count(EventCounter.THROUGHPUT_QUOTA_DELAYS);
    owner.count(EventCounter.THROUGHPUT_QUOTA_DELAY_MS, nanos / 1_000_000);
  }

  @Override
  public void throttleWaits() {
    owner.count(EventCounter.REQUEST_THROTTLE_WAIT_COUNT);
  }

  @Override
  public void throttled(long nanos) {
    figures.record(HotSummary.REQUEST_THROTTLE_QUEUE_TIME_MS, nanos);
  }

  @Override
  public void opThrottled() {
    owner.count(EventCounter.THROTTLED_OPS);
  }

  @Override
  public void staleDropped() {
    owner.count(EventCounter.STALE_REQUESTS_DROPPED);
  }

  @Override
  public void stale() {
    owner.count(EventCounter.STALE_REQUESTS);
  }

  /** A request was refused since too many large ones are in work. */
  public void largeRejected() {
    owner.count(EventCounter.LARGE_REQUESTS_REJECTED);
  }

  @Override
  public void clearsWatches() {
    owner.count(EventCounter.DEAD_WATCHERS_QUEUED);
    clearingNanos = System.nanoTime();
  }

  @Override
  public void clearedWatches() {
    owner.count(EventCounter.DEAD_WATCHERS_CLEARED);
    owner.record(
        EventSummary.DEAD_WATCHERS_CLEANER_LATENCY,
        (System.nanoTime() - clearingNanos) / 1_000_000);
  }

  @Override
  public void turnedAway() {
    owner.count(EventCounter.CNXN_CLOSED_WITHOUT_ZK_SERVER_RUNNING);
  }

  @Override
  public void authFailed() {
    owner.count(EventCounter.AUTH_FAILED_COUNT);
  }

  @Override
  public void ensembleNamed(EnsembleName name) {
    owner.count(
        switch (name) {
          case RIGHT -> EventCounter.ENSEMBLE_AUTH_SUCCESS;
          case WRONG -> EventCounter.ENSEMBLE_AUTH_FAIL;
          case SKIPPED -> EventCounter.ENSEMBLE_AUTH_SKIP;
        });
  }

  @Override
  public void revalidated() {
    owner.count(EventCounter.CONNECTION_REVALIDATE_COUNT);
  }

  /** So many connections wait for another leader. */
  public void held(int now) {
    owner.count(EventCounter.CONNECTIONS_HELD, now);
  }

  /** So many of them go on, and so many were cut. */
  public void resumed(int kept, int cut) {
    owner.count(EventCounter.CONNECTIONS_KEPT, kept);
    owner.count(EventCounter.CONNECTIONS_CUT_WHILE_HELD, cut);
  }

  /** A client has hung up. */
  public void dropped() {
    owner.count(EventCounter.CONNECTION_DROP_COUNT);
  }

  /** A connection was closed because it did not say in time what session it is for. */
  public void sessionlessExpired() {
    owner.count(EventCounter.SESSIONLESS_CONNECTIONS_EXPIRED);
  }

  /** Bytes came in from a socket. */
  public void bytesReceived(int bytes) {
    startGeneration();
    add(RECEIVED_BYTES, bytes);
  }

  /** Connections open now. */
  public void connections(int now) {
    connections = now;
  }

  /** Watches held now, of all kinds. */
  public void watches(long now) {
    watches = now;
  }

  public int connections() {
    return connections;
  }

  public long watches() {
    return watches;
  }

  long packetsReceived() {
    return visible(RECEIVED);
  }

  long packetsSent() {
    return visible(SENT);
  }

  public long bytesReceived() {
    return visible(RECEIVED_BYTES);
  }

  /** Sizes of replies: the last, the smallest, the largest; 0 where there is none. */
  long[] responseSizes() {
    return new long[] {visible(LAST_RESPONSE), visible(MIN_RESPONSE), visible(MAX_RESPONSE)};
  }

  /** Latencies of reads in nanoseconds. */
  Summary reads() {
    return summary(READ);
  }

  /** Latencies of writes in nanoseconds. */
  Summary updates() {
    return summary(UPDATE);
  }

  void addReads(long[] sum) {
    if (isCurrent()) {
      reads.addTo(sum);
    }
  }

  void addUpdates(long[] sum) {
    if (isCurrent()) {
      updates.addTo(sum);
    }
  }

  /** Four neighbouring cells that make a {@link Summary}. */
  private static final class Cells {
    static final int COUNT = 0;
    static final int SUM = 1;
    static final int MIN = 2;
    static final int MAX = 3;
    static final int SIZE = 4;
  }

  private void record(int at, long value) {
    long count = get(at + Cells.COUNT);
    put(at + Cells.SUM, get(at + Cells.SUM) + value);
    if (count == 0 || value < get(at + Cells.MIN)) {
      put(at + Cells.MIN, value);
    }
    if (value > get(at + Cells.MAX)) {
      put(at + Cells.MAX, value);
    }
    put(at + Cells.COUNT, count + 1);
  }

  private Summary summary(int at) {
    return new Summary(
        visible(at + Cells.COUNT),
        visible(at + Cells.SUM),
        visible(at + Cells.MIN),
        visible(at + Cells.MAX));
  }

  private void startGeneration() {
    int now = owner.generation();
    if (generation != now) {
      for (int i = 0; i < CELLS; i++) {
        put(i, 0);
      }
      reads.clear();
      updates.clear();
      generation = now;
    }
  }

  private boolean isCurrent() {
    return generation == owner.generation();
  }

  private void add(int cell, long value) {
    put(cell, get(cell) + value);
  }

  private long get(int cell) {
    return cells.getPlain(PADDING + cell);
  }

  private void put(int cell, long value) {
    cells.setOpaque(PADDING + cell, value);
  }

  private long visible(int cell) {
    return isCurrent() ? cells.getOpaque(PADDING + cell) : 0;
  }
}
