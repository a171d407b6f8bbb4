package io.paddock.server;

import io.paddock.journal.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Lets something happen before each change that one thread's work makes to a disk: so other
 * threads' turns fall between its steps without there being a thread.
 */
final class InterleavedStorage implements Storage {
  private static final Step NOTHING = () -> {};

  private final Storage disk;
  private Step between;

  InterleavedStorage(Storage disk) {
    this(disk, NOTHING);
  }

  /** With {@code between} before each change of anybody. */
  InterleavedStorage(Storage disk, Step between) {
    this.disk = disk;
    this.between = between;
  }

  /** Does {@code work}, with {@code between} before each of its changes. */
  void interleave(Step work, Step between) throws IOException {
    Step before = this.between;
    this.between = between;
    try {
      work.run();
    } finally {
      this.between = before;
    }
  }

  /** Something that may touch the disk. */
  interface Step {
    void run() throws IOException;
  }

  private void pause() throws IOException {
    Step now = between;
    between = NOTHING;
    try {
      now.run();
    } finally {
      between = now;
    }
  }

  @Override
  public List<String> list() throws IOException {
    return disk.list();
  }

  @Override
  public boolean exists(String name) throws IOException {
    return disk.exists(name);
  }

  @Override
  public long size(String name) throws IOException {
    return disk.size(name);
  }

  @Override
  public Mark mark(String name) throws IOException {
    return disk.mark(name);
  }

  @Override
  public String misplaced() throws IOException {
    return disk.misplaced();
  }

  @Override
  public boolean remake() throws IOException {
    pause();
    return disk.remake();
  }

  @Override
  public Handle open(String name) throws IOException {
    return new InterleavedHandle(disk.open(name));
  }

  @Override
  public Handle create(String name) throws IOException {
    pause();
    return new InterleavedHandle(disk.create(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    pause();
    disk.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    pause();
    disk.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    pause();
    disk.syncDirectory();
  }

  @Override
  public String describe(String name) {
    return disk.describe(name);
  }

  private final class InterleavedHandle implements Handle {
    private final Handle file;

    InterleavedHandle(Handle file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      pause();
      file.write(source, position);
    }

    @Override
    public void force() throws IOException {
      pause();
      file.force();
    }

    @Override
    public void truncate(long size) throws IOException {
      pause();
      file.truncate(size);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
