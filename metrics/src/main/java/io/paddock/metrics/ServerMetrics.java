package io.paddock.metrics;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * All figures of one server. What happens with every request is counted by each client loop for
 * itself ({@link #newLoop}); rare events are counted here. All methods can be called from any
 * thread.
 */
public final class ServerMetrics {
  private static final long NANOS_PER_MS = 1_000_000;

  private final List<LoopMetrics> loops = new CopyOnWriteArrayList<>();
  private final List<ThreadMetrics> threads = new CopyOnWriteArrayList<>();
  private final Map<String, LongAdder> quotaExceeded = new ConcurrentHashMap<>();
  private final Map<EventCounter, LongAdder> counters = new EnumMap<>(EventCounter.class);
  private final Map<EventSummary, Recorded> summaries = new EnumMap<>(EventSummary.class);
  private final long forceWarningMs;
  private final PoolAllocations allocations = new PoolAllocations();
  private volatile int generation;
  private volatile LongSupplier unsentBytes = () -> 0;
  private volatile LongSupplier requestBytes = () -> 0;
  private volatile LongSupplier handshakes = () -> 0;
  private volatile DoubleSupplier connectionDropChance = () -> 0;
  private volatile Supplier<OptionalLong> certificateDaysLeft = OptionalLong::empty;
  private volatile Supplier<OptionalLong> peerCertificateDaysLeft = OptionalLong::empty;

  /** Values of one kind of event. */
  private static final class Recorded {
    private final LatencyHistogram histogram = new LatencyHistogram();
    private Summary summary = Summary.EMPTY;

    synchronized void record(long value) {
      histogram.record(value);
      summary = summary.plus(new Summary(1, value, value, value));
    }

    synchronized Summary get() {
      return summary;
    }

    synchronized double quantile(double share) {
      long[] counts = new long[LatencyHistogram.BUCKETS];
      histogram.addTo(counts);
      return LatencyHistogram.quantile(counts, share);
    }

    synchronized void clear() {
      histogram.clear();
      summary = Summary.EMPTY;
    }
  }

  /**
   * @param forceWarningMs a force of the log that takes longer counts as exceeding
   */
  public ServerMetrics(long forceWarningMs) {
    this.forceWarningMs = forceWarningMs;
    for (EventCounter counter : EventCounter.values()) {
      counters.put(counter, new LongAdder());
    }
    for (EventSummary summary : EventSummary.values()) {
      summaries.put(summary, new Recorded());
    }
  }

  /** The counters of one more client loop. */
  public LoopMetrics newLoop() {
    LoopMetrics loop = new LoopMetrics(this);
    loops.add(loop);
    return loop;
  }

  /** What is known of the virtual machine's allocations, once they are listened to. */
  public PoolAllocations allocations() {
    return allocations;
  }

  /** The figures of one more thread. */
  public ThreadMetrics newThread() {
    ThreadMetrics thread = new ThreadMetrics(this);
    threads.add(thread);
    return thread;
  }

  int generation() {
    return generation;
  }

  public void count(EventCounter counter) {
    counters.get(counter).increment();
  }

  public void count(EventCounter counter, long times) {
    counters.get(counter).add(times);
  }

  /** Who knows what clients make the server hold; before the server serves. */
  public void clients(LongSupplier unsent, LongSupplier heldRequests) {
    unsentBytes = unsent;
    requestBytes = heldRequests;
  }

  /** Who knows of TLS; before the server serves. */
  public void tls(LongSupplier handshakesUnderWay, Supplier<OptionalLong> daysLeft) {
    handshakes = handshakesUnderWay;
    certificateDaysLeft = daysLeft;
  }

  /** Who knows of TLS between servers; before the server serves. */
  public void peerTls(Supplier<OptionalLong> daysLeft) {
    peerCertificateDaysLeft = daysLeft;
  }

  /** Who knows how many clients are turned away by lot; before the server serves. */
  public void connections(DoubleSupplier dropChance) {
    connectionDropChance = dropChance;
  }

  /** The share of clients that is turned away by lot. */
  public double connectionDropChance() {
    return connectionDropChance.getAsDouble();
  }

  /** Handshakes of TLS under way. */
  public long handshakes() {
    return handshakes.getAsLong();
  }

  /** Days until the certificate of the client port expires; empty without one. */
  public OptionalLong certificateDaysLeft() {
    return certificateDaysLeft.get();
  }

  /** Days until the certificate that other servers are shown expires; empty without one. */
  public OptionalLong peerCertificateDaysLeft() {
    return peerCertificateDaysLeft.get();
  }

  /** Replies and events that clients have not read yet. */
  public long unsentBytes() {
    return unsentBytes.getAsLong();
  }

  /** Requests that have come in half. */
  public long requestBytes() {
    return requestBytes.getAsLong();
  }

  public void record(EventSummary summary, long value) {
    summaries.get(summary).record(value);
  }

  /** A write was refused since it would have broken a quota. */
  public void quotaExceeded(String path) {
    String key = KeyedRecorders.topLevel(path);
    if (key != null
        && (quotaExceeded.containsKey(key) || quotaExceeded.size() < KeyedRecorders.KEYS_MAX)) {
      quotaExceeded.computeIfAbsent(key, k -> new LongAdder()).increment();
    }
  }

  /** The log was forced to the disk. */
  public void forced(long nanos) {
    long ms = nanos / NANOS_PER_MS;
    record(EventSummary.FSYNCTIME, ms);
    if (ms > forceWarningMs) {
      count(EventCounter.FSYNC_THRESHOLD_EXCEED_COUNT);
    }
  }

  public void snapshotWritten(long ms) {
    record(EventSummary.SNAPSHOTTIME, ms);
  }

  public void snapshotFailed() {
    count(EventCounter.SNAPSHOT_ERROR_COUNT);
  }

  /** Starts all counters and summaries anew; what is open now, such as connections, stays. */
  public synchronized void reset() {
    counters.values().forEach(LongAdder::reset);
    summaries.values().forEach(Recorded::clear);
    quotaExceeded.clear();
    generation++;
  }

  public long value(EventCounter counter) {
    return counters.get(counter).sum();
  }

  public Summary value(EventSummary summary) {
    return summaries.get(summary).get();
  }

  /** The value that a share of the records did not exceed. */
  public double quantile(EventSummary summary, double share) {
    return summaries.get(summary).quantile(share);
  }

  public long value(HotCounter counter) {
    return threads.stream().mapToLong(thread -> thread.value(counter)).sum();
  }

  public Distribution value(HotSummary summary) {
    return Distribution.of(
        threads.stream().map(thread -> thread.recorder(summary)).toList(), summary.unit);
  }

  /** By name, sorted. */
  public SortedMap<String, Distribution> value(KeyedSummary summary) {
    Map<String, List<Recorder>> byKey = new TreeMap<>();
    for (ThreadMetrics thread : threads) {
      thread
          .recorders(summary)
          .forEach(
              (key, recorder) -> byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(recorder));
    }
    SortedMap<String, Distribution> values = new TreeMap<>();
    byKey.forEach((key, recorders) -> values.put(key, Distribution.of(recorders, summary.unit)));
    return values;
  }

  /** Writes refused by a quota, by top-level znode, sorted. */
  public SortedMap<String, Long> quotaExceeded() {
    SortedMap<String, Long> counts = new TreeMap<>();
    quotaExceeded.forEach((key, count) -> counts.put(key, count.sum()));
    return counts;
  }

  public int connections() {
    return loops.stream().mapToInt(LoopMetrics::connections).sum();
  }

  public long watches() {
    return sum(LoopMetrics::watches);
  }

  public long packetsReceived() {
    return sum(LoopMetrics::packetsReceived);
  }

  public long packetsSent() {
    return sum(LoopMetrics::packetsSent);
  }

  public long bytesReceived() {
    return sum(LoopMetrics::bytesReceived);
  }

  private long sum(ToLongFunction<LoopMetrics> part) {
    return loops.stream().mapToLong(part).sum();
  }

  /** Latencies of reads in milliseconds. */
  public Summary reads() {
    return inMs(loops.stream().map(LoopMetrics::reads).reduce(Summary.EMPTY, Summary::plus));
  }

  /** Latencies of writes in milliseconds. */
  public Summary updates() {
    return inMs(loops.stream().map(LoopMetrics::updates).reduce(Summary.EMPTY, Summary::plus));
  }

  /** Latencies of all requests in milliseconds. */
  public Summary requests() {
    return reads().plus(updates());
  }

  private static Summary inMs(Summary nanos) {
    return nanos.dividedBy(NANOS_PER_MS);
  }

  /** Latencies of reads in milliseconds, with their quantiles. */
  public Distribution readDistribution() {
    long[] counts = new long[LatencyHistogram.BUCKETS];
    loops.forEach(loop -> loop.addReads(counts));
    return new Distribution(reads(), share -> quantileMs(counts, share));
  }

  /** Latencies of writes in milliseconds, with their quantiles. */
  public Distribution updateDistribution() {
    long[] counts = new long[LatencyHistogram.BUCKETS];
    loops.forEach(loop -> loop.addUpdates(counts));
    return new Distribution(updates(), share -> quantileMs(counts, share));
  }

  private static double quantileMs(long[] counts, double share) {
    return LatencyHistogram.quantile(counts, share) / (double) NANOS_PER_MS;
  }

  /** The latency in milliseconds that a share of the reads did not exceed. */
  public double readQuantile(double share) {
    return readDistribution().quantile().applyAsDouble(share);
  }

  /** The latency in milliseconds that a share of the writes did not exceed. */
  public double updateQuantile(double share) {
    return updateDistribution().quantile().applyAsDouble(share);
  }

  /** Sizes of replies in bytes. */
  public ResponseSizes responseSizes() {
    ResponseSizes sizes = ResponseSizes.NONE;
    for (LoopMetrics loop : loops) {
      long[] part = loop.responseSizes();
      if (part[2] > 0) {
        long min = sizes.min() < 0 ? part[1] : Math.min(part[1], sizes.min());
        sizes = new ResponseSizes(part[0], min, Math.max(part[2], sizes.max()));
      }
    }
    return sizes;
  }

  /** Bytes of the last, the smallest and the largest reply; -1 before the first. */
  public record ResponseSizes(long last, long min, long max) {
    static final ResponseSizes NONE = new ResponseSizes(-1, -1, -1);
  }
}
