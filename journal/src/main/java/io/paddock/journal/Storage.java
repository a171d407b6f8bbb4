package io.paddock.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Named files in one flat directory: the port through which the journal touches a disk. The real
 * form stands in the server; a form that forgets what was not forced serves tests and the
 * simulator.
 *
 * <p>What the journal assumes of a form: bytes written survive a crash only after {@link
 * Handle#force}; a name that was created, renamed or deleted survives (or stays away) only after
 * {@link #syncDirectory}; {@link #rename} replaces the target in one step. Methods may be called
 * from several threads as long as no two of them work on one name or handle.
 *
 * <p>Every method throws {@link DiskFullException} when the cause is a lack of space or of what
 * else it says, {@link FilesLostException} when a file cannot be made because the directory is
 * gone, and another {@link IOException} otherwise.
 */
public interface Storage {
  /** Names of all files, in no particular order. */
  List<String> list() throws IOException;

  /** Whether a file of this name is there. */
  boolean exists(String name) throws IOException;

  /** Length of a file in bytes; fails if there is none of that name. */
  long size(String name) throws IOException;

  /** Opens an existing file for positional reads and writes. */
  Handle open(String name) throws IOException;

  /** Creates a file, or empties the one of that name, and opens it. */
  Handle create(String name) throws IOException;

  /** Gives a file another name, replacing what had it, in one step. */
  void rename(String from, String to) throws IOException;

  /** Removes a file; fails if there is none of that name. */
  void delete(String name) throws IOException;

  /** Makes all creations, renames and deletions so far durable. */
  void syncDirectory() throws IOException;

  /** What an operator would call this file: its full path where there is one. */
  String describe(String name);

  /**
   * What stands under this name now; null when there is nothing. Somebody else may have put it
   * there.
   */
  default Mark mark(String name) throws IOException {
    return exists(name) ? new Mark(name, size(name)) : null;
  }

  /**
   * What is wrong with the directory, in words that name it: another one stands in its place, or
   * none, or others may believe that nobody uses it. Null when it is the one that was opened.
   */
  default String misplaced() throws IOException {
    return null;
  }

  /**
   * Makes the directory usable again at its place when {@link #misplaced} says that it is not: made
   * anew, durably, if it is gone, and this object's alone.
   *
   * @return whether it is one that this object had never to do with, so that what is in it is
   *     somebody else's
   * @throws IOException if it cannot be, or if another server has it
   */
  default boolean remake() throws IOException {
    return false;
  }

  /**
   * What tells files of one name from each other.
   *
   * @param identity equal for the same file as long as somebody holds it open
   * @param size in bytes
   */
  record Mark(Object identity, long size) {}

  /** An open file. Owned by one thread at a time. */
  interface Handle extends Closeable {
    /** Length in bytes. */
    long size() throws IOException;

    /**
     * Reads into what remains of {@code target}, from {@code position} on; the count read, or -1 at
     * the end.
     */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Writes all that remains of {@code source} at {@code position}. When it fails any part, also
     * none, may have been written, and the position of {@code source} is undefined.
     */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Makes the contents durable, and of the metadata what is needed to read them back (fdatasync).
     */
    void force() throws IOException;

    /** Cuts the file to {@code size} bytes. */
    void truncate(long size) throws IOException;
  }
}
