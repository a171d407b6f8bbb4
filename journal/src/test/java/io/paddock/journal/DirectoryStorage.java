package io.paddock.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Carries files between a directory in memory and a real one, where Apache's classes can work on
 * them.
 */
final class DirectoryStorage {
  private DirectoryStorage() {}

  static void save(MemoryStorage storage, Path directory) throws IOException {
    Files.createDirectories(directory);
    for (String name : storage.list()) {
      Files.write(directory.resolve(name), storage.get(name));
    }
  }

  static MemoryStorage load(Path directory) throws IOException {
    MemoryStorage storage = new MemoryStorage(1);
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        storage.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return storage;
  }
}
