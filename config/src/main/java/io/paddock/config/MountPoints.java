package io.paddock.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File systems that this machine mounts at its start, and whether they are: a server that starts
 * before its disk is there must not begin with an empty directory below the mount point.
 *
 * <p>Formats: fstab(5) and the mountinfo of proc(5).
 */
public final class MountPoints {
  private static final Logger LOG = LoggerFactory.getLogger(MountPoints.class);
  private static final MountPoints OF_MACHINE =
      new MountPoints(Path.of("/etc/fstab"), Path.of("/proc/self/mountinfo"));

  private final Path fstab;
  private final Path mountInfo;

  MountPoints(Path fstab, Path mountInfo) {
    this.fstab = fstab;
    this.mountInfo = mountInfo;
  }

  public static MountPoints ofMachine() {
    return OF_MACHINE;
  }

  /** The place at or above a directory where something should be mounted and nothing is. */
  Optional<Path> missing(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    Set<Path> mounted = new HashSet<>();
    for (String line : lines(mountInfo)) {
      String[] fields = line.split(" ");
      if (fields.length > 4) {
        mounted.add(path(fields[4]));
      }
    }
    if (mounted.isEmpty()) {
      return Optional.empty(); // no such file here: nothing can be said
    }
    for (String line : lines(fstab)) {
      String[] fields = line.strip().split("\\s+");
      boolean counts =
          fields.length >= 4
              && !fields[0].startsWith("#")
              && fields[1].startsWith("/")
              && !Set.of(fields[3].split(",")).contains("noauto");
      if (counts && absolute.startsWith(path(fields[1])) && !mounted.contains(path(fields[1]))) {
        return Optional.of(path(fields[1]));
      }
    }
    return Optional.empty();
  }

  private static Iterable<String> lines(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
    } catch (IOException e) {
      return Set.of();
    }
  }

  /** Blanks are written as in {@code \040}. */
  private static Path path(String written) {
    return Path.of(
        written.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\").strip());
  }

  /**
   * Waits until whatever should hold a directory of data is mounted. Blocks.
   *
   * @param key the setting that names it
   * @throws ConfigException when it is not in time, with exit code 3
   */
  public void await(String key, Path directory, BindRetry retry) throws ConfigException {
    if (Files.exists(directory.resolve(JournalPaths.VERSION))) {
      return; // whatever fstab says, the data is here
    }
    for (int tries = 1; ; tries++) {
      Optional<Path> missing = missing(directory);
      if (missing.isEmpty()) {
        return;
      }
      String why =
          key + "=" + directory + ": " + missing.get() + ", which /etc/fstab names, is not mounted";
      if (tries == 1 && retry.goesOn(tries)) {
        LOG.warn("{}; {}", why, retry.outlook(tries));
      }
      if (!retry.goesOn(tries) || !BindRetry.pause()) {
        throw new ConfigException(
            why + ": mount it, or take it out of /etc/fstab if the data is to be below it",
            ConfigException.EXIT_DATA_DIRECTORY);
      }
    }
  }
}
