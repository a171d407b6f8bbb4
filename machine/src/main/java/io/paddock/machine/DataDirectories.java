package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.config.ConfigException;
import io.paddock.config.JournalConfig;
import io.paddock.config.JournalPaths;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directories of snapshots and logs, checked before anything is opened in them: they are there
 * (or are made, and that is said), they can be read and written, and neither holds files that
 * belong into the other.
 */
public final class DataDirectories {
  private DataDirectories() {}

  /**
   * Makes the directories usable.
   *
   * @return what was created, one line each
   * @throws ConfigException when one cannot be used, with exit code 3
   */
  public static List<String> prepare(JournalConfig config) throws ConfigException {
    List<String> created = new ArrayList<>();
    Path snapshots = prepare("dataDir", config.dataDir(), config.autoCreate(), created);
    Path logs = prepare("dataLogDir", config.dataLogDir(), config.autoCreate(), created);
    if (!snapshots.equals(logs)) {
      refuseStray(snapshots, "log.", "dataDir", "transaction log", "dataLogDir");
      refuseStray(logs, "snapshot.", "dataLogDir", "snapshot", "dataDir");
    }
    return created;
  }

  private static Path prepare(String key, Path directory, boolean autoCreate, List<String> created)
      throws ConfigException {
    Path versioned = directory.toAbsolutePath().normalize().resolve(JournalPaths.VERSION);
    for (Path path = versioned; path != null; path = path.getParent()) {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        throw unusable(key, directory, path + " is a file, not a directory; name another one");
      }
    }
    boolean isNew = !Files.exists(versioned.getParent());
    if (!Files.exists(versioned)) {
      if (!autoCreate) {
        throw unusable(
            key,
            directory,
            versioned + " is missing, and datadir.autocreate=false forbids to create it");
      }
      create(key, directory, versioned);
      if (isNew) {
        created.add(key + " " + versioned.getParent() + " was missing and has been created");
      }
    }
    if (!Files.isReadable(versioned) || !Files.isWritable(versioned)) {
      throw unusable(
          key,
          directory,
          versioned + " may not be read and written by the user that runs the server; chown it");
    }
    return versioned;
  }

  private static void create(String key, Path directory, Path versioned) throws ConfigException {
    try {
      FileStorage.makeDirectory(versioned);
    } catch (FileAlreadyExistsException e) {
      throw unusable(key, directory, e.getFile() + " is not a directory");
    } catch (IOException e) {
      throw unusable(
          key,
          directory,
          versioned
              + " cannot be created ("
              + CauseWords.of(e)
              + "); create it for the user that runs the server, or name another one");
    }
  }

  private static void refuseStray(
      Path directory, String prefix, String key, String kind, String rightKey)
      throws ConfigException {
    try (Stream<Path> files = Files.list(directory)) {
      Optional<String> stray =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith(prefix))
              .sorted()
              .findFirst();
      if (stray.isPresent()) {
        throw new ConfigException(
            key
                + " "
                + directory
                + " holds the "
                + kind
                + " file "
                + stray.get()
                + ", which belongs into "
                + rightKey
                + ": move such files there, or data would be overlooked",
            ConfigException.EXIT_DATA_DIRECTORY);
      }
    } catch (IOException e) {
      throw unusable(key, directory, "cannot be listed: " + CauseWords.of(e));
    }
  }

  private static ConfigException unusable(String key, Path directory, String why) {
    return new ConfigException(
        key + "=" + directory + " cannot be used: " + why, ConfigException.EXIT_DATA_DIRECTORY);
  }
}
