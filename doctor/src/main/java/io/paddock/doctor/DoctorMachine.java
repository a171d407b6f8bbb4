package io.paddock.doctor;

import io.paddock.config.ZooCfg;
import io.paddock.machine.Descriptors;
import io.paddock.machine.Shortage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The doctor's look at what the machine grants a process: file descriptors, threads, memory maps.
 * What he sees are his own limits, which are the server's when both are started in the same way; so
 * each line says what it is of. Where a system does not tell, he does not either.
 */
final class DoctorMachine {
  private static final String SUBJECT = "machine";

  /** A server without clients has about so many files open. */
  private static final int OTHER_DESCRIPTORS = 80;

  private static final long THREADS_WISHED = 256;
  private static final long MAPS_WISHED = 65_530;
  private static final long INODES_WISHED = 10_000;

  private final ZooCfg config;
  private final Path root;
  private final long descriptorsMax;
  private final List<Diagnosis> found = new ArrayList<>();

  /**
   * @param root where proc and sys are
   * @param descriptorsMax of a process that is started here; 0 or less for no limit
   */
  DoctorMachine(ZooCfg config, Path root, long descriptorsMax) {
    this.config = config;
    this.root = root;
    this.descriptorsMax = descriptorsMax;
  }

  List<Diagnosis> examine() {
    descriptors();
    threads();
    maps();
    return found;
  }

  private void descriptors() {
    if (descriptorsMax <= 0) {
      return;
    }
    long clients = Descriptors.clientsMax(descriptorsMax, OTHER_DESCRIPTORS);
    int wanted = config.clientPort().connectionsMax();
    String finding = "ulimit -n is " + descriptorsMax + ": room for " + clients + " clients";
    String remedy = Shortage.RAISE_DESCRIPTORS + "; connections beyond are refused";
    if (wanted > clients) {
      found.add(Diagnosis.warn(SUBJECT, finding + ", and maxCnxns=" + wanted, remedy));
    } else if (wanted <= 0 && descriptorsMax < Descriptors.FEW) {
      found.add(Diagnosis.warn(SUBJECT, finding, remedy));
    } else {
      found.add(Diagnosis.ok(SUBJECT, finding));
    }
  }

  private void threads() {
    OptionalLong most = number(limit("Max processes"));
    if (most.isPresent() && most.getAsLong() < THREADS_WISHED) {
      found.add(
          Diagnosis.warn(
              SUBJECT,
              "ulimit -u is " + most.getAsLong() + ", for all threads of this user",
              "a server takes 30 to 60; raise ulimit -u (LimitNPROC= under systemd)"));
    }
    Path group = root.resolve("sys/fs/cgroup" + group());
    OptionalLong max = number(read(group.resolve("pids.max")));
    OptionalLong current = number(read(group.resolve("pids.current")));
    if (max.isPresent() && max.getAsLong() - current.orElse(0) < THREADS_WISHED) {
      found.add(
          Diagnosis.warn(
              SUBJECT,
              "of "
                  + max.getAsLong()
                  + " threads that the cgroup allows, "
                  + current.orElse(0)
                  + " are taken",
              "a server takes 30 to 60; raise pids.max (TasksMax= under systemd, --pids-limit in"
                  + " Docker)"));
    }
  }

  /** Where this process's count of threads is kept, of either version; the top when unknown. */
  private String group() {
    String text = read(root.resolve("proc/self/cgroup"));
    for (String line : text.split("\n")) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[1].equals("pids")) {
        return "/pids" + parts[2];
      }
      if (parts.length == 3 && parts[0].equals("0")) {
        return parts[2];
      }
    }
    return "";
  }

  private void maps() {
    OptionalLong maps = number(read(root.resolve("proc/sys/vm/max_map_count")));
    if (maps.isPresent() && maps.getAsLong() < MAPS_WISHED) {
      found.add(
          Diagnosis.warn(
              SUBJECT,
              "sysctl vm.max_map_count is " + maps.getAsLong(),
              "the JVM needs some for each thread and for its heap; Linux has 65530 by default"));
    }
  }

  private String limit(String name) {
    return read(root.resolve("proc/self/limits"))
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip().split("\\s+")[0])
        .findFirst()
        .orElse("");
  }

  /**
   * What a file of the kernel's says, empty when it is not there. In one piece: below /proc/sys a
   * second read gives nothing, and Files.readString takes a single byte first where a length is 0.
   */
  static String read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] text = new byte[1 << 16];
      int length = in.read(text);
      return length < 0 ? "" : new String(text, 0, length, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException unlimited) {
      return OptionalLong.empty();
    }
  }

  /**
   * Says if a device has few inodes left, which Java does not tell: {@code stat} does.
   *
   * @param key the setting that names the directory
   */
  static Stream<Diagnosis> inodes(String key, Path directory) {
    OptionalLong free = freeInodes(directory);
    if (free.isEmpty() || free.getAsLong() >= INODES_WISHED) {
      return Stream.empty();
    }
    String finding = "the device of " + directory + " has " + free.getAsLong() + " inodes left";
    return Stream.of(
        free.getAsLong() < 100
            ? Diagnosis.error(key, finding, "remove files: without inodes writes are refused")
            : Diagnosis.warn(key, finding, "remove files (df -i)"));
  }

  /** Empty where a file system has no fixed number of them, or the program is missing. */
  static OptionalLong freeInodes(Path directory) {
    try {
      Process stat =
          new ProcessBuilder("stat", "-f", "-c", "%c %d", directory.toString())
              .redirectErrorStream(true)
              .start();
      String[] totalAndFree =
          new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      boolean told = stat.waitFor(5, TimeUnit.SECONDS) && stat.exitValue() == 0;
      return !told || totalAndFree.length != 2 || totalAndFree[0].equals("0")
          ? OptionalLong.empty()
          : number(totalAndFree[1]);
    } catch (IOException e) {
      return OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }
}
