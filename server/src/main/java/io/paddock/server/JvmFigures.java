package io.paddock.server;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;

/** Figures of the virtual machine, under the names that Prometheus's Java client gives them. */
final class JvmFigures {
  private JvmFigures() {}

  /** Open file descriptors of the process; -1 where the system does not tell. */
  static long openFiles() {
    return system() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : -1;
  }

  /** How many there may be; -1 where the system does not tell. */
  static long openFilesMax() {
    return system() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : -1;
  }

  private static OperatingSystemMXBean system() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  }

  static void write(PrometheusText text) {
    process(text);
    memory(text);
    collections(text);
    threads(text);
  }

  private static void process(PrometheusText text) {
    text.header("process_cpu_seconds_total", "counter");
    text.sample("process_cpu_seconds_total", "", system().getProcessCpuTime() / 1e9);
    text.gauge(
        "process_start_time_seconds", ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
    text.gauge("process_open_fds", openFiles());
    text.gauge("process_max_fds", openFilesMax());
    text.gauge("process_virtual_memory_bytes", system().getCommittedVirtualMemorySize());
  }

  private static void memory(PrometheusText text) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    MemoryUsage heap = memory.getHeapMemoryUsage();
    MemoryUsage other = memory.getNonHeapMemoryUsage();
    areas(text, "jvm_memory_bytes_used", heap.getUsed(), other.getUsed());
    areas(text, "jvm_memory_bytes_committed", heap.getCommitted(), other.getCommitted());
    areas(text, "jvm_memory_bytes_max", heap.getMax(), other.getMax());
    areas(text, "jvm_memory_bytes_init", heap.getInit(), other.getInit());
    text.header("jvm_buffer_pool_used_bytes", "gauge");
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      text.sample(
          "jvm_buffer_pool_used_bytes",
          PrometheusText.label("pool", pool.getName()),
          pool.getMemoryUsed());
    }
  }

  private static void areas(PrometheusText text, String name, long heap, long nonHeap) {
    text.header(name, "gauge");
    text.sample(name, "{area=\"heap\"}", heap);
    text.sample(name, "{area=\"nonheap\"}", nonHeap);
  }

  private static void collections(PrometheusText text) {
    String name = "jvm_gc_collection_seconds";
    text.header(name, "summary");
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      String label = PrometheusText.label("gc", collector.getName());
      text.sample(name + "_count", label, collector.getCollectionCount());
      text.sample(name + "_sum", label, collector.getCollectionTime() / 1e3);
    }
  }

  private static void threads(PrometheusText text) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    text.gauge("jvm_threads_current", threads.getThreadCount());
    text.gauge("jvm_threads_daemon", threads.getDaemonThreadCount());
    text.gauge("jvm_threads_peak", threads.getPeakThreadCount());
    ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    text.gauge("jvm_classes_loaded", classes.getLoadedClassCount());
  }
}
