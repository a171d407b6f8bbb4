package io.paddock.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import java.util.zip.Adler32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer of the transaction log, with group commit: {@link #append} only collects records,
 * {@link #force} writes what was collected with one write and makes it durable with one force. The
 * format is {@link LogFormat}'s.
 *
 * <p>The first append after the start, after {@link #roll} and after a truncation opens a new file,
 * named after that record; an existing file is never continued. Zeros are written ahead of the
 * records (not left as a hole), so that a force has no metadata to write: a chunk at a time when
 * there is none left, further ones by {@link #preallocate} when the caller is idle. A file that is
 * left is cut to its records.
 *
 * <p>A force counts only when a file of its name is still there, and, looked at every 10 ms, when
 * it is the one that was created and as long as it was written: else {@link FilesLostException},
 * after which this log is over and {@link Journal#remake} begins another.
 *
 * <p>When space runs out, {@link #append}, {@link #force} and {@link #roll} throw {@link
 * DiskFullException}: nothing since the last successful force is durable, what was appended is
 * still collected, and the caller may call {@link #force} again when space has returned, or give
 * the records up by {@link #discard}. Any other failure ends this log for good with {@link
 * DiskFailedException}; a failed force is never retried.
 *
 * <p>For one thread at a time.
 */
public final class TxnLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TxnLog.class);

  private static final int BUFFER_BYTES_MIN = 256 * 1024;
  private static final int BUFFER_BYTES_MAX = 4 * 1024 * 1024;
  private static final int ZERO_BYTES = 128 * 1024;
  private static final int CHUNK_BYTES_MAX = 1024 * 1024;

  /**
   * Between two looks at more than the file's name. A stat after every write makes Linux (6.13 and
   * later) update the file's times with every write, which costs a fifth of the throughput.
   */
  private static final long LOOK_NANOS = 10_000_000;

  private final Storage storage;
  private final JournalSettings settings;
  private final LongSupplier nanoClock;
  private final LogIndex index;
  private final Inventory inventory;
  private final Adler32 adler = new Adler32();
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZERO_BYTES);

  /** Collected records in file format, not yet written. */
  private ByteBuffer pending = ByteBuffer.allocateDirect(BUFFER_BYTES_MIN);

  private long pendingFirstZxid;
  private long appendedZxid;
  private long forcedZxid;
  private Segment segment;
  private IOException failure;
  private long lastForceNanos;
  private long lookedNanos;
  private boolean looked;

  /** Records were given up for lack of space, and {@link #probe} has found none since. */
  private boolean lacksRoom;

  /** The file being written. */
  private static final class Segment {
    final String name;
    final Storage.Handle handle;

    /**
     * Where the next write goes, up to where records are durable, and up to where zeros were
     * written.
     */
    long position;

    long forced;
    long allocated;
    boolean nameDurable;

    /** Whether bytes may lie beyond {@code position} from a write that failed half-way. */
    boolean spilled;

    Segment(String name, Storage.Handle handle) {
      this.name = name;
      this.handle = handle;
    }
  }

  TxnLog(
      Storage storage,
      JournalSettings settings,
      long lastZxid,
      LongSupplier nanoClock,
      LogIndex index,
      Inventory inventory) {
    this.storage = storage;
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.index = index;
    this.inventory = inventory;
    this.appendedZxid = lastZxid;
    this.forcedZxid = lastZxid;
  }

  /**
   * The zxid of the newest record appended, durable or not; before the first one, the last that
   * recovery found.
   */
  public long lastZxid() {
    return appendedZxid;
  }

  /** The zxid of the newest durable record. */
  public long forcedZxid() {
    return forcedZxid;
  }

  /** How long the last force took, in nanoseconds. */
  public long lastForceNanos() {
    return lastForceNanos;
  }

  /**
   * Collects a record. It is durable after the next {@link #force} that returns.
   *
   * @param zxid above {@link #lastZxid}
   * @throws DiskFullException if the buffer was full and could not be written: this record was not
   *     taken
   * @throws IllegalArgumentException if the record is too long or out of order
   */
  public void append(long zxid, byte[] buf, int off, int len) throws IOException {
    checkUsable();
    if (len < LogFormat.PAYLOAD_BYTES_MIN || len > settings.recordBytesMax()) {
      throw new IllegalArgumentException(
          "a record of "
              + len
              + " bytes is not in "
              + LogFormat.PAYLOAD_BYTES_MIN
              + ".."
              + settings.recordBytesMax());
    }
    if (zxid <= appendedZxid) {
      throw new IllegalArgumentException(
          "zxid " + LogFormat.hex(zxid) + " does not come after " + LogFormat.hex(appendedZxid));
    }
    makeRoom(len + LogFormat.RECORD_EXTRA_BYTES);
    if (pending.position() == 0) {
      pendingFirstZxid = zxid;
    }
    adler.reset();
    adler.update(buf, off, len);
    pending.putLong(adler.getValue()).putInt(len).put(buf, off, len).put(LogFormat.END_OF_RECORD);
    appendedZxid = zxid;
  }

  /**
   * Makes all appended records durable.
   *
   * @return {@link #forcedZxid} afterwards
   * @throws DiskFullException if they could not be written; see the class comment
   * @throws DiskFailedException if nobody knows what is on the disk
   */
  public long force() throws IOException {
    checkUsable();
    writePending();
    if (segment != null && segment.forced < segment.position) {
      forceSegment();
      if (settings.logBytesMax() > 0 && segment.position >= settings.logBytesMax()) {
        leaveSegment();
      }
    }
    return forcedZxid;
  }

  /** Forces, and lets the next append open a new file. */
  public void roll() throws IOException {
    force();
    leaveSegment();
  }

  /**
   * Gives up every record after {@link #forcedZxid}, after a {@link DiskFullException}: they are
   * gone from the buffer and, durably, from the file.
   */
  public void discard() throws IOException {
    checkUsable();
    pending.clear();
    appendedZxid = forcedZxid;
    lacksRoom = true;
    index.dropAfter(forcedZxid);
    if (segment == null) {
      return;
    }
    try {
      if (segment.forced == 0) {
        abandonSegment();
      } else if (segment.position > segment.forced || segment.spilled) {
        inventory.length(segment.forced);
        segment.handle.truncate(segment.forced);
        segment.position = segment.forced;
        segment.allocated = segment.forced;
        segment.spilled = false;
        segment.handle.force();
      }
    } catch (IOException e) {
      String lost = inventory.lostOfCurrent();
      if (lost != null) {
        throw lose(lost, e);
      }
      throw fail("cannot take back unforced records of", e);
    }
  }

  /** Whether records were given up for lack of space, and there has been none since. */
  public boolean lacksRoom() {
    return lacksRoom;
  }

  /**
   * After records were given up: tries whether there is room again, by a file that goes at once.
   *
   * @throws DiskFullException while there is none
   */
  public void probe() throws IOException {
    checkUsable();
    if (!lacksRoom) {
      return;
    }
    String name = FileName.TEMPORARY_PREFIX + "room";
    try (Storage.Handle handle = storage.create(name)) {
      handle.write(zeros.duplicate().clear(), 0);
      handle.force();
    } finally {
      if (storage.exists(name)) {
        storage.delete(name);
      }
    }
    lacksRoom = false;
  }

  /**
   * Writes and forces a chunk of zeros ahead of the records, so that later forces are short. For
   * idle moments; does nothing between an append and its force. A lack of space is not an error
   * here.
   *
   * @return whether it did something and calling again may do more
   */
  public boolean preallocate() throws IOException {
    checkUsable();
    if (segment == null || pending.position() > 0 || segment.forced < segment.position) {
      return false;
    }
    long missing = segment.position + settings.preAllocBytes() - segment.allocated;
    if (missing < chunkBytes()) {
      return false;
    }
    try {
      fillZeros(chunkBytes());
      if (settings.forceSync()) {
        segment.handle.force();
      }
      inventory.length(segment.allocated);
      return true;
    } catch (DiskFullException full) {
      return false;
    } catch (IOException e) {
      throw fail("cannot extend", e);
    }
  }

  /**
   * Closes the file as it is, less what was not forced, and takes nothing more: the file is not
   * where a restart would look for it. To be called again without effect.
   */
  void abandon() {
    if (failure == null) {
      failure = new FilesLostException("the log was given up", null);
    }
    if (segment != null) {
      Segment last = segment;
      segment = null;
      try (last.handle) {
        last.handle.truncate(last.forced);
      } catch (IOException e) {
        LOG.debug("A file that is lost could not be cut", e);
      }
    }
  }

  /** Forces what was appended and closes the file; a log that failed is only closed. */
  @Override
  public void close() throws IOException {
    if (failure == null) {
      roll();
    } else if (segment != null) {
      Segment last = segment;
      segment = null;
      last.handle.close();
    }
  }

  private void checkUsable() throws IOException {
    if (failure != null) {
      throw new DiskFailedException("the transaction log failed before", failure);
    }
  }

  private FilesLostException lose(String what, IOException cause) {
    FilesLostException lost = new FilesLostException(what, cause);
    failure = lost;
    return lost;
  }

  private DiskFailedException fail(String what, IOException cause) {
    String name = segment == null ? "the log" : storage.describe(segment.name);
    DiskFailedException fatal =
        new DiskFailedException(what + " " + name + ": " + cause.getMessage(), cause);
    failure = fatal;
    return fatal;
  }

  private void makeRoom(int bytes) throws IOException {
    if (pending.remaining() >= bytes) {
      return;
    }
    if (pending.position() > 0 && pending.position() + bytes > BUFFER_BYTES_MAX) {
      writePending();
    }
    long wanted = (long) pending.position() + bytes;
    if (wanted > pending.capacity()) {
      long capacity = pending.capacity();
      while (capacity < wanted) {
        capacity *= 2;
      }
      ByteBuffer larger = ByteBuffer.allocateDirect(Math.toIntExact(capacity));
      larger.put(pending.flip());
      pending = larger;
    }
  }

  /**
   * Writes the buffer out; on a lack of space everything stays as it was, apart from bytes that do
   * not count.
   */
  private void writePending() throws IOException {
    if (pending.position() == 0) {
      return;
    }
    try {
      if (segment == null) {
        openSegment(FileName.log(pendingFirstZxid));
      }
      int bytes = pending.position();
      if (segment.position + bytes > segment.allocated) {
        // What somebody cut off would come back as zeros, and its length be right.
        checkInPlace();
      }
      if (settings.preAllocBytes() > 0 && segment.position + bytes > segment.allocated) {
        fillZeros(segment.position + bytes - segment.allocated + chunkBytes());
      }
      segment.spilled = true;
      segment.handle.write(pending.duplicate().flip(), segment.position);
      segment.spilled = false;
      index.note(pendingFirstZxid, segment.name, segment.position);
      segment.position += bytes;
      segment.allocated = Math.max(segment.allocated, segment.position);
      pending.clear();
    } catch (DiskFullException full) {
      throw full;
    } catch (FilesLostException lost) {
      throw lose(lost.getMessage(), lost);
    } catch (IOException e) {
      throw fail("cannot write", e);
    }
  }

  private void forceSegment() throws IOException {
    long start = nanoClock.getAsLong();
    try {
      if (settings.forceSync()) {
        segment.handle.force();
        if (!segment.nameDurable) {
          storage.syncDirectory();
          segment.nameDurable = true;
        }
      }
    } catch (IOException e) {
      throw fail("cannot force", e);
    }
    if (!looked || start - lookedNanos >= LOOK_NANOS || !storage.exists(segment.name)) {
      checkInPlace();
      looked = true;
      lookedNanos = start;
    }
    segment.forced = segment.position;
    forcedZxid = appendedZxid;
    index.end(segment.name, segment.position);
    lastForceNanos = nanoClock.getAsLong() - start;
    if (lastForceNanos > settings.fsyncWarnMillis() * 1_000_000) {
      LOG.warn(
          "forcing {} took {} ms: the disk is slow or busy, and every write waits for it",
          storage.describe(segment.name),
          lastForceNanos / 1_000_000);
    }
  }

  /** What is forced where no restart looks for it is not durable. */
  private void checkInPlace() throws IOException {
    inventory.length(segment.allocated);
    String lost;
    try {
      lost = inventory.lostOfCurrent();
    } catch (IOException e) {
      lost = storage.describe(segment.name) + " cannot be looked at: " + e.getMessage();
    }
    if (lost != null) {
      throw lose(lost, null);
    }
  }

  private void openSegment(String name) throws IOException {
    // In somebody else's directory there may be somebody else's file of that name.
    String misplaced = storage.misplaced();
    if (misplaced != null) {
      throw new FilesLostException(misplaced, null);
    }
    Segment opened = new Segment(name, storage.create(name));
    inventory.opened(name);
    looked = false;
    ByteBuffer header = ByteBuffer.allocate(LogFormat.HEADER_BYTES);
    header.putInt(LogFormat.MAGIC).putInt(LogFormat.VERSION).putLong(0).flip();
    segment = opened;
    try {
      opened.handle.write(header, 0);
    } catch (DiskFullException e) {
      abandonSegment();
      throw e;
    }
    opened.position = LogFormat.HEADER_BYTES;
    opened.allocated = LogFormat.HEADER_BYTES;
  }

  /** Removes a file of which no record was ever durable. */
  private void abandonSegment() throws IOException {
    Segment unused = segment;
    segment = null;
    inventory.removed();
    unused.handle.close();
    storage.delete(unused.name);
    if (settings.forceSync()) {
      storage.syncDirectory();
    }
  }

  /** Everything in the segment is forced: cut the zeros, so that the file says where it ends. */
  private void leaveSegment() throws DiskFailedException {
    if (segment == null) {
      return;
    }
    try {
      if (segment.handle.size() > segment.position) {
        inventory.length(segment.position);
        segment.handle.truncate(segment.position);
        if (settings.forceSync()) {
          segment.handle.force();
        }
      }
      segment.handle.close();
    } catch (IOException e) {
      throw fail("cannot finish", e);
    }
    inventory.closed();
    segment = null;
  }

  private int chunkBytes() {
    return (int) Math.min(settings.preAllocBytes(), CHUNK_BYTES_MAX);
  }

  private void fillZeros(long bytes) throws IOException {
    long end = segment.allocated + bytes;
    while (segment.allocated < end) {
      int step = (int) Math.min(zeros.capacity(), end - segment.allocated);
      segment.handle.write(zeros.duplicate().limit(step), segment.allocated);
      segment.allocated += step;
    }
  }
}
