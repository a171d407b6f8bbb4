package io.paddock.metrics;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.TreeMap;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes allocated in each memory pool, as far as garbage collections tell of it: what a pool has
 * grown between two collections, and in one. All methods can be called from any thread.
 */
public final class PoolAllocations implements NotificationListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PoolAllocations.class);

  private final Map<String, Long> allocated = new TreeMap<>();
  private final Map<String, Long> usedAfterLast = new TreeMap<>();

  /** Begins to listen to the collectors. */
  public void start() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener(this, null, null);
      }
    }
  }

  @Override
  public void handleNotification(Notification notification, Object handback) {
    if (notification
        .getType()
        .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
      GcInfo collection =
          GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
              .getGcInfo();
      collected(collection.getMemoryUsageBeforeGc(), collection.getMemoryUsageAfterGc());
    }
  }

  public synchronized void collected(
      Map<String, MemoryUsage> before, Map<String, MemoryUsage> after) {
    before.forEach(
        (pool, usage) -> {
          long usedBefore = usage.getUsed();
          long usedAfter = after.containsKey(pool) ? after.get(pool).getUsed() : usedBefore;
          long between = usedBefore - usedAfterLast.getOrDefault(pool, 0L);
          long during = usedAfter - usedBefore;
          allocated.merge(pool, Math.max(0, between) + Math.max(0, during), Long::sum);
          usedAfterLast.put(pool, usedAfter);
        });
  }

  /** By pool; empty before the first collection. */
  public synchronized Map<String, Long> byPool() {
    return new TreeMap<>(allocated);
  }

  /** Listens no more. */
  @Override
  public void close() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        try {
          emitter.removeNotificationListener(this);
        } catch (ListenerNotFoundException e) {
          LOG.debug("It was not started", e);
        }
      }
    }
  }
}
