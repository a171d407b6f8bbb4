package io.paddock.metrics;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The figures that one thread keeps for itself. Only that thread writes, with plain additions;
 * others read when they are asked for figures, so nothing on the way of a request is shared. What
 * it never records takes no memory.
 *
 * <p>A reset comes as a new generation number: the thread begins anew when it records next, and
 * until then readers take its figures for nothing.
 */
public final class ThreadMetrics {
  /** Keeps the counters off the cache lines of their neighbours in the heap. */
  private static final int PADDING = 16;

  private static final int COUNTERS = HotCounter.values().length;

  private final ServerMetrics owner;
  private final AtomicLongArray counters = new AtomicLongArray(PADDING + COUNTERS + PADDING);
  private final AtomicReferenceArray<Recorder> recorders =
      new AtomicReferenceArray<>(HotSummary.values().length);
  private final AtomicReferenceArray<KeyedRecorders> keyed =
      new AtomicReferenceArray<>(KeyedSummary.values().length);
  private volatile int generation;

  ThreadMetrics(ServerMetrics owner) {
    this.owner = owner;
    this.generation = owner.generation();
  }

  public void add(HotCounter counter, long value) {
    startGeneration();
    int cell = PADDING + counter.ordinal();
    counters.setOpaque(cell, counters.getPlain(cell) + value);
  }

  public void record(HotSummary summary, long value) {
    startGeneration();
    Recorder recorder = recorders.getPlain(summary.ordinal());
    if (recorder == null) {
      recorder = new Recorder();
      recorders.setRelease(summary.ordinal(), recorder);
    }
    recorder.record(value);
  }

  /** For the thread itself. */
  public KeyedRecorders keyed(KeyedSummary summary) {
    startGeneration();
    KeyedRecorders recorders = keyed.getPlain(summary.ordinal());
    if (recorders == null) {
      recorders = new KeyedRecorders();
      keyed.setRelease(summary.ordinal(), recorders);
    }
    return recorders;
  }

  private void startGeneration() {
    int now = owner.generation();
    if (generation != now) {
      for (int i = 0; i < COUNTERS; i++) {
        counters.setOpaque(PADDING + i, 0);
      }
      for (int i = 0; i < recorders.length(); i++) {
        if (recorders.getPlain(i) != null) {
          recorders.getPlain(i).clear();
        }
      }
      for (int i = 0; i < keyed.length(); i++) {
        if (keyed.getPlain(i) != null) {
          keyed.getPlain(i).clear();
        }
      }
      generation = now;
    }
  }

  private boolean isCurrent() {
    return generation == owner.generation();
  }

  long value(HotCounter counter) {
    return isCurrent() ? counters.getOpaque(PADDING + counter.ordinal()) : 0;
  }

  /** Null when nothing was recorded. */
  Recorder recorder(HotSummary summary) {
    return isCurrent() ? recorders.getAcquire(summary.ordinal()) : null;
  }

  /** Of every name for which something was recorded. */
  Map<String, Recorder> recorders(KeyedSummary summary) {
    KeyedRecorders recorders = isCurrent() ? keyed.getAcquire(summary.ordinal()) : null;
    return recorders == null ? Map.of() : recorders.byKey();
  }
}
