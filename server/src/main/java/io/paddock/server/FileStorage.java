package io.paddock.server;

import io.paddock.journal.DiskFullException;
import io.paddock.journal.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The files of one directory of the real file system: {@code fdatasync} for {@link Handle#force},
 * {@code fsync} of the directory for {@link #syncDirectory}.
 *
 * <p>Holds a lock on the directory while open ({@code paddock.lock}, a name that Apache's server
 * passes over), because two servers on one directory would destroy it. The operating system
 * releases the lock when the process dies. The file's text is for the scripts ({@link ServerNote}).
 *
 * <p>The threads that use it must not be interrupted: an interrupt closes a file channel under
 * them.
 */
public final class FileStorage implements Storage, AutoCloseable {
  static final String LOCK_NAME = "paddock.lock";

  private final Path directory;
  private final FileChannel lockFile;
  private final FileLock lock;

  private FileStorage(Path directory, FileChannel lockFile, FileLock lock) {
    this.directory = directory;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Opens a directory, creating it (and those above it) if it is missing.
   *
   * @throws IOException if it cannot be created or written, or if another server uses it; the
   *     message says which
   */
  public static FileStorage open(Path directory) throws IOException {
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK_NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw new IOException(
            directory
                + " is in use by another Paddock server: stop it, or give each its own dataDir");
      }
      return new FileStorage(directory, channel, lock);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Null if it is taken, by another process or in this one. */
  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException inThisProcess) {
      return null;
    }
  }

  /** Replaces the text of the lock file. */
  void note(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    lockFile.truncate(0);
    lockFile.write(bytes, 0);
  }

  /** Gives the directory free for another server. */
  @Override
  public void close() throws IOException {
    try (lockFile) {
      lockFile.truncate(0);
      lock.release();
    }
  }

  @Override
  public List<String> list() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (!Files.isDirectory(entry)) {
          names.add(entry.getFileName().toString());
        }
      }
    }
    return names;
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(path(name));
  }

  @Override
  public long size(String name) throws IOException {
    return Files.size(path(name));
  }

  @Override
  public Handle open(String name) throws IOException {
    return new FileHandle(
        name, FileChannel.open(path(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public Handle create(String name) throws IOException {
    try {
      return new FileHandle(
          name,
          FileChannel.open(
              path(name),
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw told(e, name);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    try {
      Files.move(
          path(from),
          path(to),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw told(e, to);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(path(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  @Override
  public String describe(String name) {
    return path(name).toString();
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  /**
   * Java has no exception of its own for a full disk or an exhausted quota: only the words tell.
   */
  private IOException told(IOException cause, String name) {
    String words = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    boolean full =
        words.contains("no space left")
            || words.contains("quota exceeded")
            || words.contains("not enough space");
    return full
        ? new DiskFullException(describe(name) + ": no space left on the disk", cause)
        : cause;
  }

  /** An open file. */
  private final class FileHandle implements Handle {
    private final String name;
    private final FileChannel channel;

    FileHandle(String name, FileChannel channel) {
      this.name = name;
      this.channel = channel;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return channel.read(target, position);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      long at = position;
      try {
        while (source.hasRemaining()) {
          at += channel.write(source, at);
        }
      } catch (IOException e) {
        throw told(e, name);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
