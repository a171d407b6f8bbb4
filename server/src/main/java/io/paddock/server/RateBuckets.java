package io.paddock.server;

import io.paddock.frontend.RateBucket;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The buckets of all quotas of throughput, by name: one for all loops, and the same one when a
 * quota changes. Any thread.
 */
final class RateBuckets implements Function<String, RateBucket> {
  /** Beyond it all begin anew: who makes and removes so many quotas gains a second by it. */
  private static final int BUCKETS_MAX = 10_000;

  private final ConcurrentHashMap<String, RateBucket> buckets = new ConcurrentHashMap<>();

  @Override
  public RateBucket apply(String name) {
    if (buckets.size() > BUCKETS_MAX) {
      buckets.clear();
    }
    return buckets.computeIfAbsent(name, key -> new RateBucket(System.nanoTime()));
  }
}
