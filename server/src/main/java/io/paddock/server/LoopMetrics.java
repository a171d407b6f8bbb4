package io.paddock.server;

import io.paddock.frontend.Meter;
import io.paddock.tree.Change;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counters of one client loop. Only that loop's thread writes, with plain additions; others
 * read when they are asked for figures, so nothing on the way of a request is shared.
 *
 * <p>A reset comes as a new generation number: the loop begins anew when it records next, and until
 * then readers take its counters for zero.
 */
final class LoopMetrics implements Meter {
  private static final int RECEIVED = 0;
  private static final int SENT = 1;
  private static final int RECEIVED_BYTES = 2;
  private static final int SENT_BYTES = 3;
  private static final int LAST_RESPONSE = 4;
  private static final int MIN_RESPONSE = 5;
  private static final int MAX_RESPONSE = 6;
  private static final int READ = 7;
  private static final int UPDATE = READ + Cells.SIZE;
  private static final int FIRED = UPDATE + Cells.SIZE;
  private static final int CELLS = FIRED + Change.Kind.values().length * Cells.SIZE;

  /** Keeps this array's numbers off the cache lines of its neighbours in the heap. */
  private static final int PADDING = 16;

  private final ServerMetrics owner;
  private final AtomicLongArray cells = new AtomicLongArray(PADDING + CELLS + PADDING);
  private final LatencyHistogram reads = new LatencyHistogram();
  private final LatencyHistogram updates = new LatencyHistogram();
  private volatile int generation;

  private volatile int connections;
  private volatile long watches;

  LoopMetrics(ServerMetrics owner) {
    this.owner = owner;
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
  }

  @Override
  public void fired(Change.Kind kind, int events) {
    startGeneration();
    record(FIRED + kind.ordinal() * Cells.SIZE, events);
  }

  @Override
  public void authFailed() {
    owner.count(EventCounter.AUTH_FAILED_COUNT);
  }

  @Override
  public void revalidated() {
    owner.count(EventCounter.CONNECTION_REVALIDATE_COUNT);
  }

  /** A client has hung up. */
  void dropped() {
    owner.count(EventCounter.CONNECTION_DROP_COUNT);
  }

  /** A connection was closed because it did not say in time what session it is for. */
  void sessionlessExpired() {
    owner.count(EventCounter.SESSIONLESS_CONNECTIONS_EXPIRED);
  }

  /** Bytes came in from a socket. */
  void bytesReceived(int bytes) {
    startGeneration();
    add(RECEIVED_BYTES, bytes);
  }

  /** Bytes went out to a socket. */
  void bytesSent(int bytes) {
    startGeneration();
    add(SENT_BYTES, bytes);
  }

  /** Connections open now. */
  void connections(int now) {
    connections = now;
  }

  /** Watches held now, of all kinds. */
  void watches(long now) {
    watches = now;
  }

  int connections() {
    return connections;
  }

  long watches() {
    return watches;
  }

  long packetsReceived() {
    return visible(RECEIVED);
  }

  long packetsSent() {
    return visible(SENT);
  }

  long bytesReceived() {
    return visible(RECEIVED_BYTES);
  }

  long bytesSent() {
    return visible(SENT_BYTES);
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

  /** Connections told of a change. */
  Summary fired(Change.Kind kind) {
    return summary(FIRED + kind.ordinal() * Cells.SIZE);
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
