package io.paddock.operators;

import com.sun.management.OperatingSystemMXBean;
import io.paddock.machine.Descriptors;
import io.paddock.metrics.Metric;
import io.paddock.metrics.PoolAllocations;
import io.paddock.metrics.Summary;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Figures of the virtual machine, under the names that Prometheus's Java client (simpleclient,
 * which Apache's server uses) gives them.
 */
public final class JvmFigures {
  private static final Path PROCESS_STATUS = Path.of("/proc/self/status");
  private static final int BYTES_PER_KB = 1024;

  private final List<Metric> report = new ArrayList<>();

  private JvmFigures() {}

  private static OperatingSystemMXBean system() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  }

  static List<Metric> of(PoolAllocations allocations) {
    JvmFigures figures = new JvmFigures();
    figures.process();
    figures.memory();
    figures.pools(allocations);
    figures.collections();
    figures.threads();
    figures.classes();
    return figures.report;
  }

  private void gauge(String name, Number value) {
    report.add(Metric.gauge(name, value));
  }

  private void gauge(String name, Number value, String label, String of) {
    report.add(Metric.gauge(name, value).labelled(Metric.label(label, of)));
  }

  private void counter(String name, Number value) {
    report.add(Metric.counter(name, value));
  }

  private void process() {
    counter("process_cpu_seconds_total", system().getProcessCpuTime() / 1e9);
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    gauge("process_start_time_seconds", runtime.getStartTime() / 1e3);
    gauge("process_open_fds", Descriptors.openFiles());
    gauge("process_max_fds", Descriptors.openFilesMax());
    processMemory("VmSize:").ifPresent(bytes -> gauge("process_virtual_memory_bytes", bytes));
    processMemory("VmRSS:").ifPresent(bytes -> gauge("process_resident_memory_bytes", bytes));
    report.add(
        Metric.gauge("jvm_info", 1)
            .labelled(
                String.join(
                    ",",
                    Metric.label("version", property(runtime, "java.runtime.version")),
                    Metric.label("vendor", property(runtime, "java.vm.vendor")),
                    Metric.label("runtime", property(runtime, "java.runtime.name")))));
  }

  private static String property(RuntimeMXBean runtime, String name) {
    return runtime.getSystemProperties().getOrDefault(name, "unknown");
  }

  /** A line of the kernel's, such as {@code VmRSS: 12345 kB}; empty where there is none. */
  private static Optional<Long> processMemory(String name) {
    try {
      for (String line : Files.readAllLines(PROCESS_STATUS)) {
        if (line.startsWith(name)) {
          String kilobytes = line.substring(name.length()).replace("kB", "").trim();
          return Optional.of(Long.parseLong(kilobytes) * BYTES_PER_KB);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Not Linux.
    }
    return Optional.empty();
  }

  private void memory() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    Map<String, MemoryUsage> areas =
        Map.of("heap", memory.getHeapMemoryUsage(), "nonheap", memory.getNonHeapMemoryUsage());
    usages("jvm_memory_bytes_", "area", areas);
    List<BufferPoolMXBean> buffers = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
    buffers("jvm_buffer_pool_used_bytes", buffers, BufferPoolMXBean::getMemoryUsed);
    buffers("jvm_buffer_pool_capacity_bytes", buffers, BufferPoolMXBean::getTotalCapacity);
    buffers("jvm_buffer_pool_used_buffers", buffers, BufferPoolMXBean::getCount);
  }

  private void usages(String prefix, String label, Map<String, MemoryUsage> usages) {
    usages.forEach((of, usage) -> gauge(prefix + "used", usage.getUsed(), label, of));
    usages.forEach((of, usage) -> gauge(prefix + "committed", usage.getCommitted(), label, of));
    usages.forEach((of, usage) -> gauge(prefix + "max", usage.getMax(), label, of));
    usages.forEach((of, usage) -> gauge(prefix + "init", usage.getInit(), label, of));
  }

  private void buffers(
      String name, List<BufferPoolMXBean> pools, ToLongFunction<BufferPoolMXBean> figure) {
    pools.forEach(pool -> gauge(name, figure.applyAsLong(pool), "pool", pool.getName()));
  }

  private void pools(PoolAllocations allocations) {
    Map<String, MemoryUsage> usages = new LinkedHashMap<>();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      // A pool that has become invalid has no usage.
      if (pool.getUsage() != null) {
        usages.put(pool.getName(), pool.getUsage());
      }
    }
    usages("jvm_memory_pool_bytes_", "pool", usages);
    allocations
        .byPool()
        .forEach(
            (pool, bytes) ->
                report.add(
                    Metric.counter("jvm_memory_pool_allocated_bytes_total", bytes)
                        .labelled(Metric.label("pool", pool))));
  }

  private void collections() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      Summary taken =
          new Summary(collector.getCollectionCount(), collector.getCollectionTime() / 1e3, 0, 0);
      report.add(
          Metric.basic("jvm_gc_collection_seconds", taken, null)
              .labelled(Metric.label("gc", collector.getName())));
    }
  }

  private void threads() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    gauge("jvm_threads_current", threads.getThreadCount());
    gauge("jvm_threads_daemon", threads.getDaemonThreadCount());
    gauge("jvm_threads_peak", threads.getPeakThreadCount());
    counter("jvm_threads_started_total", threads.getTotalStartedThreadCount());
    gauge("jvm_threads_deadlocked", count(threads.findDeadlockedThreads()));
    gauge("jvm_threads_deadlocked_monitor", count(threads.findMonitorDeadlockedThreads()));
    Map<Thread.State, Integer> states = new EnumMap<>(Thread.State.class);
    for (Thread.State state : Thread.State.values()) {
      states.put(state, 0);
    }
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds(), 0)) {
      if (thread != null) {
        states.merge(thread.getThreadState(), 1, Integer::sum);
      }
    }
    states.forEach((state, count) -> gauge("jvm_threads_state", count, "state", state.name()));
  }

  private static int count(long[] threads) {
    return threads == null ? 0 : threads.length;
  }

  private void classes() {
    ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    gauge("jvm_classes_loaded", classes.getLoadedClassCount());
    counter("jvm_classes_loaded_total", classes.getTotalLoadedClassCount());
    counter("jvm_classes_unloaded_total", classes.getUnloadedClassCount());
  }
}
