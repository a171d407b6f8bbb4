package io.paddock.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * CPU time of a process as Linux counts it, from {@code /proc/<pid>/stat}: user and system time of
 * all its threads, also those that have ended.
 */
final class ProcStat {
  /** USER_HZ, which is 100 on every Linux that runs a Java 17. */
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 100;

  // Counted from the field behind the command name, which is the state, field 3 of proc(5).
  private static final int USER_TIME = 14 - 3;
  private static final int SYSTEM_TIME = 15 - 3;

  private ProcStat() {}

  /** Whether this machine has what the benchmark reads. */
  static boolean isAvailable() {
    return Files.isReadable(Path.of("/proc/self/stat"));
  }

  /**
   * CPU time used so far, in nanoseconds, in steps of 10 ms.
   *
   * @throws IOException when there is no such process
   */
  static long cpuNanos(long pid) throws IOException {
    return parse(Files.readString(Path.of("/proc/" + pid + "/stat")));
  }

  /** The CPU time in one line of a stat file. */
  static long parse(String line) {
    // The command name is in parentheses and may itself contain spaces and parentheses.
    int name = line.lastIndexOf(')');
    if (name < 0) {
      throw new IllegalArgumentException("not a line of /proc/<pid>/stat: " + line);
    }
    String[] fields = line.substring(name + 1).trim().split(" +");
    if (fields.length <= SYSTEM_TIME) {
      throw new IllegalArgumentException("a line of /proc/<pid>/stat ends early: " + line);
    }
    return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_NANOS;
  }
}
