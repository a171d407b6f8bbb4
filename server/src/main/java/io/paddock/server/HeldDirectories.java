package io.paddock.server;

import io.paddock.config.BindRetry;
import io.paddock.config.ConfigException;
import io.paddock.config.JournalConfig;
import io.paddock.config.JournalPaths;
import io.paddock.config.MountPoints;
import io.paddock.journal.Storage;
import io.paddock.machine.DataDirectories;
import io.paddock.machine.FileStorage;
import io.paddock.machine.ServerNote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of data and log while a server has them: awaited, prepared, locked against a
 * second server, and with the note by which scripts find this process. Opened and closed by one
 * thread; the note may be written by any other meanwhile.
 */
final class HeldDirectories implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeldDirectories.class);

  private final List<FileStorage> opened = new ArrayList<>();
  private final UnaryOperator<Storage> files;

  /**
   * @param files what stands between the server and its files
   */
  HeldDirectories(UnaryOperator<Storage> files) {
    this.files = files;
  }

  /** Where snapshots and where logs are; the same one if they share a directory. */
  record Storages(Storage snapshots, Storage logs) {}

  Storages open(JournalConfig config, BindRetry retry) throws IOException, ConfigException {
    MountPoints.ofMachine().await("dataDir", config.dataDir(), retry);
    MountPoints.ofMachine().await("dataLogDir", config.dataLogDir(), retry);
    DataDirectories.prepare(config).forEach(LOG::info);
    Path snapshots = config.dataDir().resolve(JournalPaths.VERSION);
    Path logs = config.dataLogDir().resolve(JournalPaths.VERSION);
    Storage snapshotStorage = open(snapshots);
    boolean shared =
        snapshots.toAbsolutePath().normalize().equals(logs.toAbsolutePath().normalize());
    Storages storages = new Storages(snapshotStorage, shared ? snapshotStorage : open(logs));
    note(ServerNote.ofThisProcess());
    return storages;
  }

  private Storage open(Path directory) throws IOException {
    FileStorage storage = FileStorage.open(directory);
    opened.add(storage);
    return files.apply(storage);
  }

  /** Tells the scripts; without it they look into the configuration, so the server goes on. */
  void note(ServerNote note) {
    try {
      opened.get(0).note(note.text());
    } catch (IOException e) {
      LOG.warn("{} could not be written: {}", FileStorage.LOCK_NAME, e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (FileStorage storage : opened) {
      try {
        storage.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
