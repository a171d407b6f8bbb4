package io.paddock.machine;

import io.paddock.journal.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A directory that is only looked at: what is created, renamed, cut or removed is so from then on,
 * but not on the disk, and what is written is dropped. For one thread.
 */
public final class LookStorage implements Storage {
  private final Path directory;
  private final Map<String, Entry> entries = new HashMap<>();

  /** A file as it would be. */
  private static final class Entry {
    /** Null for one that is not on the disk. */
    final Path file;

    long size;

    Entry(Path file, long size) {
      this.file = file;
      this.size = size;
    }
  }

  /** Lists the directory; one that is missing is empty. */
  public LookStorage(Path directory) throws IOException {
    this.directory = directory;
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          if (Files.isRegularFile(file)) {
            entries.put(file.getFileName().toString(), new Entry(file, Files.size(file)));
          }
        }
      }
    }
  }

  private Entry entry(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new NoSuchFileException(describe(name));
    }
    return entry;
  }

  @Override
  public List<String> list() {
    return List.copyOf(entries.keySet());
  }

  @Override
  public boolean exists(String name) {
    return entries.containsKey(name);
  }

  @Override
  public long size(String name) throws IOException {
    return entry(name).size;
  }

  @Override
  public Handle open(String name) throws IOException {
    Entry entry = entry(name);
    return new LookHandle(
        entry, entry.file == null ? null : FileChannel.open(entry.file, StandardOpenOption.READ));
  }

  @Override
  public Handle create(String name) {
    Entry entry = new Entry(null, 0);
    entries.put(name, entry);
    return new LookHandle(entry, null);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    entries.put(to, entry(from));
    entries.remove(from);
  }

  @Override
  public void delete(String name) throws IOException {
    entry(name);
    entries.remove(name);
  }

  @Override
  public void syncDirectory() {
    // Nothing was changed.
  }

  @Override
  public String describe(String name) {
    return directory.resolve(name).toString();
  }

  /** An open file. */
  private record LookHandle(Entry entry, FileChannel channel) implements Handle {
    @Override
    public long size() {
      return entry.size;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      if (position >= entry.size) {
        return -1;
      }
      int limit = target.limit();
      target.limit((int) Math.min(limit, target.position() + entry.size - position));
      try {
        if (channel == null) {
          int count = target.remaining();
          target.put(new byte[count]);
          return count;
        }
        return channel.read(target, position);
      } finally {
        target.limit(limit);
      }
    }

    @Override
    public void write(ByteBuffer source, long position) {
      entry.size = Math.max(entry.size, position + source.remaining());
      source.position(source.limit());
    }

    @Override
    public void force() {
      // Nothing was changed.
    }

    @Override
    public void truncate(long size) {
      entry.size = Math.min(entry.size, size);
    }

    @Override
    public void close() throws IOException {
      if (channel != null) {
        channel.close();
      }
    }
  }
}
