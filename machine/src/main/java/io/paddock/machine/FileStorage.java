package io.paddock.machine;

import io.paddock.journal.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The files of one directory of the real file system: {@code fdatasync} for {@link Handle#force},
 * {@code fsync} of the directory for {@link #syncDirectory}.
 *
 * <p>Holds a lock on the directory while open ({@code paddock.lock}, a name that Apache's server
 * passes over), because two servers on one directory would destroy it. The operating system
 * releases the lock when the process dies, and when anybody in this process closes any descriptor
 * of that file. The file's text is for the scripts ({@link ServerNote}).
 *
 * <p>The directory is held open, so that its identity cannot be given to another one, and some
 * descriptors more, which are let go when there is none left to open a file with: connections may
 * take all others.
 *
 * <p>The threads that use it must not be interrupted: an interrupt closes a file channel under
 * them.
 */
public final class FileStorage implements Storage, AutoCloseable {
  public static final String LOCK_NAME = "paddock.lock";

  /** What a roll, a snapshot and an epoch take at once. */
  private static final int SPARE_DESCRIPTORS = 6;

  private final Path directory;

  /** Held for the time when there is no other. */
  private final ArrayDeque<FileChannel> spare = new ArrayDeque<>();

  /** The directories that this object has worked in; several once it was remade. */
  private final Set<Object> known = new HashSet<>();

  private volatile Hold hold;
  private String note = "";

  /** The directory as it was opened, and the lock on it. */
  private record Hold(
      FileChannel directory, Object identity, FileChannel lockFile, Object lockIdentity) {
    void release() throws IOException {
      try (directory) {
        lockFile.close();
      }
    }
  }

  private FileStorage(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens a directory, creating it (and those above it) if it is missing.
   *
   * @throws IOException if it cannot be created or written, or if another server uses it; the
   *     message says which
   */
  public static FileStorage open(Path directory) throws IOException {
    Shortage.prepare();
    FileStorage storage = new FileStorage(directory);
    storage.take();
    return storage;
  }

  private synchronized void take() throws IOException {
    makeDirectory(directory);
    FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ);
    FileChannel lockFile = null;
    try {
      Path lockPath = path(LOCK_NAME);
      lockFile = FileChannel.open(lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(lockFile) == null) {
        throw new IOException(
            directory
                + " is in use by another Paddock server: stop it, or give each its own dataDir");
      }
      hold = new Hold(opened, identity(directory), lockFile, identity(lockPath));
      known.add(hold.identity);
      if (!note.isEmpty()) {
        writeNote();
      }
    } catch (IOException | RuntimeException e) {
      opened.close();
      if (lockFile != null) {
        lockFile.close();
      }
      throw e;
    }
    replenish();
  }

  /** What a power cut must not take away with everything in it: the names of new directories. */
  static void makeDirectory(Path directory) throws IOException {
    List<Path> above = new ArrayList<>();
    Path made = directory.toAbsolutePath().normalize();
    for (Path path = made; path != null && !Files.exists(path); path = path.getParent()) {
      above.add(path.getParent());
    }
    Files.createDirectories(directory);
    for (Path parent : above) {
      try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
        channel.force(true);
      } catch (AccessDeniedException e) {
        // One may make a directory where one may not read.
      }
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

  /** Replaces the text of the lock file; it stands in a directory that is made anew, too. */
  public synchronized void note(String text) throws IOException {
    note = text;
    writeNote();
  }

  private void writeNote() throws IOException {
    hold.lockFile.truncate(0);
    hold.lockFile.write(ByteBuffer.wrap(note.getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static Object identity(Path path) throws IOException {
    return identity(path, Files.readAttributes(path, BasicFileAttributes.class));
  }

  /** Device and inode; where a system has no such thing, the path. */
  private static Object identity(Path path, BasicFileAttributes attributes) {
    return attributes.fileKey() == null ? path : attributes.fileKey();
  }

  /** Gives the directory free for another server. */
  @Override
  public synchronized void close() throws IOException {
    for (FileChannel channel = spare.poll(); channel != null; channel = spare.poll()) {
      channel.close();
    }
    try {
      // Closed already where another server was quicker to take the lock.
      if (hold.lockFile.isOpen()) {
        hold.lockFile.truncate(0);
      }
    } finally {
      hold.release();
    }
  }

  @Override
  public String misplaced() {
    replenish();
    Hold held = hold;
    if (!isSame(directory, held.identity)) {
      return Files.exists(directory)
          ? directory + " is another directory than the one that was opened"
          : directory + " is gone";
    }
    return isSame(path(LOCK_NAME), held.lockIdentity)
        ? null
        : path(LOCK_NAME) + " is gone, and another server could take the directory";
  }

  private static boolean isSame(Path path, Object identity) {
    try {
      return identity(path).equals(identity);
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public synchronized boolean remake() throws IOException {
    if (misplaced() == null) {
      return false;
    }
    Set<Object> before = new HashSet<>(known);
    Hold gone = hold;
    try {
      // The descriptor of the directory of before is kept until then, or the new one could have its
      // inode. Its lock is let go first: it may be this very directory, come back.
      gone.lockFile.close();
      take();
    } catch (IOException e) {
      throw Shortage.naming(e, path(LOCK_NAME));
    }
    gone.directory.close();
    while (letGo()) {
      // These are of the directory of before.
    }
    replenish();
    return !before.contains(hold.identity);
  }

  @SuppressWarnings("StreamResourceLeak") // Who asks closes it.
  private DirectoryStream<Path> openDirectory() throws IOException {
    return Files.newDirectoryStream(directory);
  }

  @Override
  public List<String> list() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = withDescriptor(this::openDirectory)) {
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
  public Mark mark(String name) throws IOException {
    try {
      Path path = path(name);
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new Mark(identity(path, attributes), attributes.size());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public Handle open(String name) throws IOException {
    return handle(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public Handle create(String name) throws IOException {
    try {
      return handle(
          name,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw Shortage.naming(e, path(name));
    }
  }

  private Handle handle(String name, OpenOption... options) throws IOException {
    return new FileHandle(name, withDescriptor(() -> FileChannel.open(path(name), options)));
  }

  /** Something that takes a file descriptor. */
  private interface Opening<T> {
    T open() throws IOException;
  }

  private <T> T withDescriptor(Opening<T> opening) throws IOException {
    while (true) {
      try {
        return opening.open();
      } catch (IOException e) {
        if (!Shortage.ofDescriptors(e)) {
          throw e;
        }
        if (!letGo()) {
          throw Shortage.writing(e, directory);
        }
      }
    }
  }

  /** Whether there is a descriptor more now. */
  private synchronized boolean letGo() throws IOException {
    FileChannel channel = spare.poll();
    if (channel != null) {
      channel.close();
    }
    return channel != null;
  }

  /** Takes as many descriptors as are to be held, or as there are. */
  private synchronized void replenish() {
    try {
      while (spare.size() < SPARE_DESCRIPTORS && hold.directory.isOpen()) {
        // Not the lock's file: closing any descriptor of it would let go of the lock.
        spare.add(FileChannel.open(directory, StandardOpenOption.READ));
      }
    } catch (IOException e) {
      // There is none now; it is tried again.
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
      throw Shortage.naming(e, path(to));
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(path(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    hold.directory.force(true);
  }

  @Override
  public String describe(String name) {
    return path(name).toString();
  }

  private Path path(String name) {
    return directory.resolve(name);
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
        throw Shortage.writing(e, path(name));
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
      replenish();
    }
  }
}
