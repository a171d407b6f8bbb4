package io.paddock.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A directory in memory that forgets what was not forced, and fails on command.
 *
 * <p>Each file keeps its durable bytes apart from the writes and cuts since its last force; the
 * directory keeps its durable names apart from the creations, renames and deletions since its last
 * sync. {@link #crash} drops a suffix of each, and may tear the last write that survives; {@link
 * #kill} (only the process dies) keeps everything, what was not forced as such. Both yield a new
 * directory; the old one, and every handle of it, answers no more.
 *
 * <p>Mutations (writes, forces, cuts, names, syncs) are counted by {@link #mutations}; one of them
 * can be told to fail, or to be the last that the process attempts. Same calls and seeds, same
 * bytes.
 */
public final class MemoryStorage implements Storage {
  /** Thrown by the mutation at which the process is to die, and by every one after it. */
  public static final class CrashedException extends IOException {
    private static final long serialVersionUID = 1L;

    CrashedException() {
      super("the process died here");
    }
  }

  /** How a mutation fails. */
  public enum Fault {
    /** With an I/O error, having done a part of it. */
    ERROR,
    /** With a full disk, having done a part of it. */
    DISK_FULL,
    /** By the death of the process, having done a part of it. */
    CRASH
  }

  /** A write (bytes) or a cut (no bytes) that is not forced yet. */
  private record Change(long position, byte[] bytes) {}

  private static final class Content {
    private byte[] durable = {};
    private final List<Change> changes = new ArrayList<>();
    private byte[] bytes = {};
    private int size;

    private void apply(Change change) {
      if (change.bytes == null) {
        resize(Math.toIntExact(change.position));
        return;
      }
      if (change.bytes.length == 0) {
        return;
      }
      int end = Math.toIntExact(change.position + change.bytes.length);
      if (end > size) {
        resize(end);
      }
      System.arraycopy(change.bytes, 0, bytes, (int) change.position, change.bytes.length);
    }

    private void resize(int newSize) {
      if (newSize > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(newSize, 2 * bytes.length));
      } else if (newSize < size) {
        Arrays.fill(bytes, newSize, size, (byte) 0);
      }
      size = newSize;
    }

    private void change(Change change) {
      changes.add(change);
      apply(change);
    }

    private void force() {
      durable = Arrays.copyOf(bytes, size);
      changes.clear();
    }

    private Content copy() {
      Content copy = of(durable);
      changes.forEach(copy::change);
      return copy;
    }

    private static Content of(byte[] durable) {
      Content content = new Content();
      content.bytes = durable.clone();
      content.size = durable.length;
      content.force();
      return content;
    }
  }

  private final TreeMap<String, Content> names = new TreeMap<>();
  private int marks;

  /** The directory after each unsynced change, oldest first; the first entry is the durable one. */
  private final List<Map<String, Content>> directories = new ArrayList<>(List.of(Map.of()));

  private final Random random;
  private long capacityBytes = Long.MAX_VALUE;
  private int mutations;
  private long bytesRead;
  private int faultAt = -1;
  private Fault fault;
  private boolean dead;
  private boolean gone;

  /** An empty directory; the seed decides which part of a failing write is done. */
  public MemoryStorage(long seed) {
    this.random = new Random(seed);
  }

  /** Whether the process has died at a mutation, or was told to. */
  public synchronized boolean isDead() {
    return dead;
  }

  /** How many mutations were begun. */
  public synchronized int mutations() {
    return mutations;
  }

  /** How many bytes were read from files. */
  public synchronized long bytesRead() {
    return bytesRead;
  }

  /** Lets the n-th mutation from now (1 = the next) fail, once; CRASH lasts. */
  public synchronized void failAt(int fromNow, Fault how) {
    faultAt = mutations + fromNow;
    fault = how;
  }

  /** Lets writes fail that would make all files together longer than this. */
  public synchronized void setCapacityBytes(long bytes) {
    capacityBytes = bytes;
  }

  /** Sum of the lengths of all files. */
  public synchronized long usedBytes() {
    return names.values().stream().mapToLong(content -> content.size).sum();
  }

  /**
   * The process dies, the machine lives: everything written can be read, and is as much in need of
   * a force as before.
   */
  public synchronized MemoryStorage kill(long seed) {
    MemoryStorage next = new MemoryStorage(seed);
    IdentityHashMap<Content, Content> copies = new IdentityHashMap<>();
    next.directories.clear();
    for (Map<String, Content> directory : directories) {
      next.directories.add(copy(directory, copies));
    }
    next.names.putAll(copy(names, copies));
    return next.start(this);
  }

  private static Map<String, Content> copy(
      Map<String, Content> directory, IdentityHashMap<Content, Content> copies) {
    Map<String, Content> copy = new TreeMap<>();
    directory.forEach(
        (name, content) ->
            copy.put(name, copies.computeIfAbsent(content, original -> original.copy())));
    return copy;
  }

  /** The machine dies: of what was not forced or synced, a prefix drawn from the seed is there. */
  public synchronized MemoryStorage crash(long seed) {
    Random draw = new Random(seed);
    MemoryStorage next = new MemoryStorage(draw.nextLong());
    Map<String, Content> directory = directories.get(draw.nextInt(directories.size()));
    new TreeMap<>(directory)
        .forEach((name, content) -> next.names.put(name, survive(content, draw)));
    next.directories.set(0, Map.copyOf(next.names));
    return next.start(this);
  }

  private MemoryStorage start(MemoryStorage before) {
    before.dead = true;
    capacityBytes = before.capacityBytes;
    return this;
  }

  private static Content survive(Content content, Random draw) {
    Content survived = Content.of(content.durable);
    int whole = draw.nextInt(content.changes.size() + 1);
    content.changes.subList(0, whole).forEach(survived::apply);
    if (whole < content.changes.size() && draw.nextBoolean()) {
      Change torn = content.changes.get(whole);
      if (torn.bytes != null) {
        byte[] part = Arrays.copyOf(torn.bytes, draw.nextInt(torn.bytes.length + 1));
        survived.apply(new Change(torn.position, part));
      }
    }
    survived.force();
    return survived;
  }

  /** What a file holds now; for looking and for damaging it by {@link #put}. */
  public synchronized byte[] get(String name) throws IOException {
    Content content = content(name);
    return Arrays.copyOf(content.bytes, content.size);
  }

  /** Makes a file durable with these bytes. */
  public synchronized void put(String name, byte[] bytes) {
    names.put(name, Content.of(bytes));
    directories.clear();
    directories.add(Map.copyOf(names));
  }

  /** Somebody else removes the directory with all that is in it; open files can be written on. */
  public synchronized void vanish() {
    gone = true;
    names.clear();
    directories.clear();
    directories.add(Map.of());
  }

  /** Somebody else removes a file; while it is open it can be written on. */
  public synchronized void lose(String name) {
    names.remove(name);
    directories.clear();
    directories.add(Map.copyOf(names));
  }

  /** Somebody else cuts a file. */
  public synchronized void cut(String name, int size) throws IOException {
    content(name).resize(size);
    content(name).force();
  }

  @Override
  public synchronized String misplaced() {
    return gone ? "/memory is gone" : null;
  }

  @Override
  public synchronized boolean remake() throws IOException {
    mutate();
    gone = false;
    return false;
  }

  @Override
  public synchronized List<String> list() {
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized boolean exists(String name) {
    return names.containsKey(name);
  }

  @Override
  public synchronized long size(String name) throws IOException {
    return content(name).size;
  }

  /** How often {@link #mark} was asked. */
  public synchronized int marks() {
    return marks;
  }

  @Override
  public synchronized Mark mark(String name) {
    marks++;
    Content content = names.get(name);
    return content == null ? null : new Mark(content, content.size);
  }

  @Override
  public synchronized Handle open(String name) throws IOException {
    return new MemoryHandle(content(name));
  }

  @Override
  public synchronized Handle create(String name) throws IOException {
    mutate();
    if (gone) {
      throw new FilesLostException("/memory is gone", null);
    }
    Content content = names.get(name);
    if (content == null) {
      content = new Content();
      names.put(name, content);
      directories.add(Map.copyOf(names));
    } else {
      content.change(new Change(0, null));
    }
    return new MemoryHandle(content);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    mutate();
    Content content = content(from);
    names.remove(from);
    names.put(to, content);
    directories.add(Map.copyOf(names));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    mutate();
    content(name);
    names.remove(name);
    directories.add(Map.copyOf(names));
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    mutate();
    directories.clear();
    directories.add(Map.copyOf(names));
  }

  @Override
  public String describe(String name) {
    return "/memory/" + name;
  }

  private Content content(String name) throws IOException {
    Content content = names.get(name);
    if (content == null) {
      throw new IOException("no such file: " + name);
    }
    return content;
  }

  /** Counts a mutation, and fails it if that was asked for. */
  private void mutate() throws IOException {
    if (dead) {
      throw new CrashedException();
    }
    if (++mutations == faultAt) {
      switch (fault) {
        case ERROR -> throw new IOException("injected I/O error");
        case DISK_FULL -> throw new DiskFullException("injected full disk", null);
        case CRASH -> {
          dead = true;
          throw new CrashedException();
        }
        default -> throw new AssertionError(fault);
      }
    }
  }

  private final class MemoryHandle implements Handle {
    private final Content content;

    private MemoryHandle(Content content) {
      this.content = content;
    }

    @Override
    public long size() {
      synchronized (MemoryStorage.this) {
        return content.size;
      }
    }

    @Override
    public int read(ByteBuffer target, long position) {
      synchronized (MemoryStorage.this) {
        if (position >= content.size) {
          return -1;
        }
        int count = (int) Math.min(target.remaining(), content.size - position);
        target.put(content.bytes, (int) position, count);
        bytesRead += count;
        return count;
      }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      synchronized (MemoryStorage.this) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        boolean wasDead = dead;
        try {
          mutate();
        } catch (IOException failed) {
          if (!wasDead) {
            content.change(
                new Change(position, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1))));
          }
          throw failed;
        }
        long others = usedBytes() - (names.containsValue(content) ? content.size : 0);
        long room = capacityBytes - others - position;
        if (room < bytes.length) {
          content.change(new Change(position, Arrays.copyOf(bytes, (int) Math.max(0, room))));
          throw new DiskFullException("no space left in memory", null);
        }
        content.change(new Change(position, bytes));
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (MemoryStorage.this) {
        mutate();
        content.force();
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (MemoryStorage.this) {
        mutate();
        if (size < content.size) {
          content.change(new Change(size, null));
        }
      }
    }

    @Override
    public void close() {}
  }
}
