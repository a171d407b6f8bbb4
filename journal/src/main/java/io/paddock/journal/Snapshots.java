package io.paddock.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * The snapshot files of a directory. The format, and what a crash leaves, is {@link
 * SnapshotFormat}'s.
 */
final class Snapshots {
  /** A whole plain snapshot ends with a ustring "/". */
  private static final byte[] PLAIN_END = {0, 0, 0, 1, '/'};

  private static final int PLAIN_BYTES_MIN = 10;

  private final Storage storage;
  private final SnapshotMemory memory;
  private final Inventory inventory;

  Snapshots(Storage storage, Inventory inventory) {
    this.storage = storage;
    this.inventory = inventory;
    this.memory = new SnapshotMemory(storage);
  }

  SnapshotMemory memory() {
    return memory;
  }

  /** All files with a snapshot's name, whole or not, newest first. */
  List<FileName> newestFirst() throws IOException {
    List<FileName> names = new ArrayList<>(FileName.list(storage, FileName.SNAPSHOT_PREFIX));
    Collections.reverse(names);
    return names;
  }

  /** Whether a file looks whole, without reading it through (files protocol sheet, section 3.3). */
  boolean looksWhole(FileName file) throws IOException {
    try (Storage.Handle handle = storage.open(file.name())) {
      if (file.codec() != Codec.PLAIN) {
        return file.codec().startsWithMagic(read(handle, 0, 8));
      }
      long size = handle.size();
      return size >= PLAIN_BYTES_MIN
          && java.util.Arrays.equals(
              read(handle, size - PLAIN_END.length, PLAIN_END.length), PLAIN_END);
    }
  }

  /** What a reader made of a snapshot, and what the snapshot says of itself. */
  record Loaded<T>(T value, SnapshotMeta meta) {}

  /** Reads a snapshot through; fails unless reader and all checksums agree with it. */
  <T> Loaded<T> load(FileName file, SnapshotBodyReader<T> reader) throws IOException {
    try (InputStream raw = new FileStreams.Input(storage.open(file.name()));
        InputStream decoded = file.codec().decoder(raw);
        SnapshotReader body = new SnapshotReader(decoded, file.zxid())) {
      T value = reader.read(file.zxid(), body);
      body.requireEnd();
      return new Loaded<>(value, body.meta());
    }
  }

  /**
   * Writes a snapshot durably. One at a time: two of one zxid would share a temporary file.
   *
   * @param digest tree digest (version 2) at {@code zxid}, if known
   * @return its length in bytes
   */
  synchronized long write(long zxid, OptionalLong digest, Codec codec, SnapshotBodyWriter body)
      throws IOException {
    String misplaced = storage.misplaced();
    if (misplaced != null) {
      throw new FilesLostException(misplaced, null);
    }
    String name = codec.nameOf(zxid);
    String temporary = FileName.TEMPORARY_PREFIX + name;
    FileStreams.Output file = new FileStreams.Output(storage.create(temporary));
    try {
      // Not in a try-with-resources: closing it half-way would make an unfinished file durable.
      SnapshotOutput out = new SnapshotOutput(codec.encoder(file));
      out.writeInt(SnapshotFormat.MAGIC);
      out.writeInt(SnapshotFormat.VERSION);
      out.writeLong(SnapshotFormat.DBID);
      body.writeTo(out);
      out.seal();
      out.writeLong(digest.isPresent() ? zxid : SnapshotFormat.NO_DIGEST_ZXID);
      out.writeInt(SnapshotFormat.DIGEST_VERSION);
      out.writeLong(digest.orElse(0));
      out.seal();
      out.writeLong(zxid);
      out.seal();
      out.close();
      storage.rename(temporary, name);
    } catch (IOException | RuntimeException | Error e) {
      removeUnfinished(file, temporary, e);
      throw e;
    }
    try {
      storage.syncDirectory();
    } catch (DiskFullException e) {
      throw e;
    } catch (IOException e) {
      // The file is there to be seen and may be gone tomorrow: a purge would rely on it.
      throw new DiskFailedException("cannot make durable " + storage.describe(name), e);
    }
    Storage.Mark written = storage.mark(name);
    if (written == null) {
      throw new FilesLostException(
          storage.describe(name) + " was written and is not to be found", null);
    }
    inventory.snapshotWritten(zxid, name, file.position());
    memory.add(zxid);
    return file.position();
  }

  /** Removes every snapshot above {@code zxid}, durably, newest first. */
  void dropAfter(long zxid) throws IOException {
    memory.keep(Long.MIN_VALUE, zxid);
    for (FileName file : newestFirst()) {
      if (file.zxid() > zxid) {
        storage.delete(file.name());
      }
    }
    storage.syncDirectory();
  }

  private void removeUnfinished(FileStreams.Output file, String temporary, Throwable cause) {
    try {
      file.abandon();
      storage.delete(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static byte[] read(Storage.Handle handle, long position, int bytes) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(bytes);
    while (target.hasRemaining() && handle.read(target, position + target.position()) >= 0) {
      // Until it is full or the file ends.
    }
    return java.util.Arrays.copyOf(target.array(), target.position());
  }
}
