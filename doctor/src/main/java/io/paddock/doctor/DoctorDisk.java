package io.paddock.doctor;

import io.paddock.config.JournalConfig;
import io.paddock.config.JournalPaths;
import io.paddock.config.ZooCfg;
import io.paddock.journal.DamagedException;
import io.paddock.journal.Finding;
import io.paddock.journal.Journal;
import io.paddock.machine.DataLoader;
import io.paddock.machine.FileStorage;
import io.paddock.machine.LookStorage;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The doctor's look at directories, room, and the files in them, which he does not change. */
final class DoctorDisk {
  private static final long MIB = 1 << 20;
  private static final long ROOM_NEEDED = 128 * MIB;
  private static final long ROOM_WISHED = 1024 * MIB;

  /** More is not read for a quick look; segments count with the zeros they are filled with. */
  private static final long READ_BYTES_MAX = 512 * MIB;

  private final ZooCfg config;
  private final boolean serverRuns;
  private final List<Diagnosis> found = new ArrayList<>();

  /**
   * @param serverRuns whether the server of this configuration runs, as far as its ports tell
   */
  DoctorDisk(ZooCfg config, boolean serverRuns) {
    this.config = config;
    this.serverRuns = serverRuns;
  }

  List<Diagnosis> examine() {
    JournalConfig journal = config.journal();
    boolean usable = directory("dataDir", journal.dataDir());
    if (!journal.dataLogDir().equals(journal.dataDir())) {
      usable &= directory("dataLogDir", journal.dataLogDir());
    }
    if (usable) {
      journal();
    }
    return found;
  }

  private boolean directory(String key, Path directory) {
    Path versioned = directory.resolve(JournalPaths.VERSION);
    Path there = versioned.toAbsolutePath().normalize();
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      found.add(Diagnosis.error(key, there + " is a file, not a directory", "name another one"));
      return false;
    }
    if (!Files.isReadable(there) || !Files.isWritable(there)) {
      found.add(
          Diagnosis.error(
              key,
              there + " may not be read and written by this user",
              "chown it to the user that runs the server, and run the doctor as that user"));
      return false;
    }
    if (!Files.exists(versioned) && !config.journal().autoCreate()) {
      found.add(
          Diagnosis.error(
              key,
              versioned + " is missing, and datadir.autocreate=false forbids to create it",
              "create it"));
      return false;
    }
    room(key, directory, there, Files.exists(versioned) ? "" : ", will be created");
    return true;
  }

  private void room(String key, Path directory, Path there, String more) {
    try {
      FileStore store = Files.getFileStore(there);
      long room = store.getUsableSpace();
      String finding = directory + more + ", " + size(room) + " free";
      if (room < ROOM_NEEDED) {
        found.add(
            Diagnosis.error(key, finding, "make room: a server with a full disk refuses writes"));
      } else if (room < ROOM_WISHED) {
        found.add(
            Diagnosis.warn(
                key,
                finding,
                "make room, or have old snapshots removed (autopurge.purgeInterval)"));
      } else {
        found.add(Diagnosis.ok(key, finding));
      }
      DoctorMachine.inodes(key, there).forEach(found::add);
    } catch (IOException e) {
      found.add(Diagnosis.warn(key, "how much room there is cannot be told: " + e, ""));
    }
  }

  private static String size(long bytes) {
    return bytes < 10_240 * MIB ? bytes / MIB + " MiB" : bytes / (1024 * MIB) + " GiB";
  }

  private void journal() {
    JournalConfig journal = config.journal();
    Path snapshots = journal.dataDir().resolve(JournalPaths.VERSION);
    Path logs = journal.dataLogDir().resolve(JournalPaths.VERSION);
    try {
      if (serverRuns || isLocked(snapshots)) {
        found.add(Diagnosis.ok("journal", "in use by a running server, so not read"));
        return;
      }
      long bytes = bytes(snapshots) + (logs.equals(snapshots) ? 0 : bytes(logs));
      if (bytes > READ_BYTES_MAX) {
        found.add(
            Diagnosis.ok("journal", size(bytes) + " of files: too many to be read for a look"));
        return;
      }
      read(snapshots, logs);
    } catch (DamagedException e) {
      found.add(Diagnosis.error("journal", e.getMessage(), "the server refuses to start with it"));
    } catch (IOException e) {
      found.add(
          Diagnosis.error("journal", "cannot be read: " + e, "see to permissions and to the disk"));
    }
  }

  private void read(Path snapshots, Path logs) throws IOException {
    LookStorage snapshotStorage = new LookStorage(snapshots);
    LookStorage logStorage = logs.equals(snapshots) ? snapshotStorage : new LookStorage(logs);
    boolean empty =
        Stream.concat(snapshotStorage.list().stream(), logStorage.list().stream())
            .noneMatch(name -> name.startsWith("snapshot.") || name.startsWith("log."));
    if (empty) {
      found.add(
          Diagnosis.ok(
              "journal",
              config.membership().isPresent() ? "empty: the leader will fill it" : "empty"));
      return;
    }
    try (Journal journal =
        Journal.open(snapshotStorage, logStorage, DataLoader.settings(config), System::nanoTime)) {
      TreeSettings settings = new TreeSettings(config.tree().extendedTypes(), 0);
      DataLoader loader = new DataLoader(journal, settings, config.tree().digestEnabled());
      Tree tree = loader.load();
      List<Finding> mended = new ArrayList<>(loader.findings());
      if (config.membership().isPresent()) {
        mended.addAll(journal.epochs().reconcile(tree.zxid()));
      }
      found.add(
          Diagnosis.ok(
              "journal",
              tree.nodeCount()
                  + " znodes at zxid 0x"
                  + Long.toHexString(tree.zxid())
                  + ", "
                  + loader.replayed()
                  + " transactions behind the snapshot"));
      for (Finding finding : mended) {
        found.add(
            Diagnosis.warn("journal", finding.toString(), "nothing: the next start mends it"));
      }
    }
  }

  private static boolean isLocked(Path directory) throws IOException {
    Path file = directory.resolve(FileStorage.LOCK_NAME);
    if (!Files.isWritable(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException inThisProcess) {
      return true;
    }
  }

  private static long bytes(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
