package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.journal.DiskFullException;
import io.paddock.journal.FilesLostException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What the operating system means when it refuses something to a file: what has run out, and which
 * limit is to be raised. Java has no exceptions of its own for these: only the words tell.
 */
public final class Shortage {
  /** With more room than this free, it is not room that a new file lacks. */
  private static final long ROOM_BYTES = 1 << 20;

  public static final String RAISE_DESCRIPTORS =
      "raise ulimit -n (LimitNOFILE= under systemd, nofile in limits.conf)";

  private Shortage() {}

  /**
   * Loads what is needed to tell of a shortage: a class may need the descriptor that lacks then.
   */
  static void prepare() {
    IOException unused = new DiskFullException("", new FilesLostException("", null));
    if (lacking(unused, Path.of("")) != null || CauseWords.of(unused) == null) {
      throw new IllegalStateException("nothing lacks yet", unused);
    }
  }

  /** Whether the process, or the machine, has no file descriptor left. */
  static boolean ofDescriptors(Throwable cause) {
    return cause != null && words(cause).contains("too many open files");
  }

  /** The same failure as the journal has to hear of it, when a file was written. */
  static IOException writing(IOException cause, Path file) {
    String what = lacking(cause, file);
    return what == null ? worded(cause) : new DiskFullException(file + ": " + what, cause);
  }

  /** Many of Java's exceptions do not say why. */
  private static IOException worded(IOException cause) {
    String said = CauseWords.of(cause);
    return said.equals(cause.getMessage()) ? cause : new IOException(said, cause);
  }

  /** The same when a file was to be opened, made, or given another name. */
  static IOException naming(IOException cause, Path file) {
    if (cause instanceof NoSuchFileException && !Files.isDirectory(file.getParent())) {
      return new FilesLostException(file.getParent() + " is gone", cause);
    }
    String words = words(cause);
    if (cause instanceof AccessDeniedException) {
      return new DiskFullException(
          file + " may not be made: give the directory back to the user that runs the server",
          cause);
    }
    if (words.contains("read-only file system")) {
      return new DiskFullException(
          file + " may not be made: its file system was made read-only; mount it writable", cause);
    }
    return writing(cause, file);
  }

  private static String lacking(IOException cause, Path file) {
    String words = words(cause);
    if (words.contains("quota exceeded")) {
      return "the disk quota is used up; raise it or free some space";
    }
    if (words.contains("no space left") || words.contains("not enough space")) {
      return hasRoom(file)
          ? "no inode is left on its device (df -i); remove files there"
          : "no space is left on its device; free some";
    }
    if (words.contains("too many open files in system")) {
      return "the machine has no file descriptor left; raise sysctl fs.file-max";
    }
    if (words.contains("too many open files")) {
      return "the process has no file descriptor left; " + RAISE_DESCRIPTORS;
    }
    if (words.contains("file too large")) {
      return "the file is as long as a limit allows; raise ulimit -f (LimitFSIZE= under systemd)";
    }
    return null;
  }

  private static boolean hasRoom(Path file) {
    try {
      return !Files.exists(file)
          && Files.getFileStore(file.getParent()).getUsableSpace() > ROOM_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  private static String words(Throwable cause) {
    return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
  }
}
