package io.paddock.machine;

import io.paddock.config.CauseWords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log as a file, with lines as Apache's logback.xml makes them. When it would grow over
 * its bound, it becomes {@code NAME.1}, what was that {@code NAME.2}, and so on; the last goes.
 * Somebody else may rename or remove it meanwhile (logrotate): it is made anew. For one thread.
 *
 * <p>A line is in the file wholly or not at all: what a failed write leaves is cut off.
 */
public final class AuditFile implements AuditThread.Target {
  private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);
  private static final long LOOK_NANOS = 1_000_000_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private final Path path;
  private final long bytesMax;
  private final int filesMax;
  private FileChannel channel;
  private Object key;
  private long lookedNanos;

  /** At this size it is tried to begin the next file. */
  private long rollAtBytes;

  /**
   * Opens the file, or makes it and its directory.
   *
   * @param bytesMax of one file
   * @param filesMax how many full ones are kept, at least 1
   */
  public AuditFile(Path path, long bytesMax, int filesMax) throws IOException {
    this.path = path.toAbsolutePath();
    this.bytesMax = bytesMax;
    this.filesMax = filesMax;
    this.rollAtBytes = bytesMax;
    Files.createDirectories(this.path.getParent());
    open();
  }

  @Override
  public int write(List<AuditThread.Entry> lines) throws IOException {
    look(false);
    String first = line(lines.get(0));
    if (isFull(channel.size(), first)) {
      look(true);
      if (isFull(channel.size(), first)) {
        roll();
      }
    }
    long size = channel.size();
    StringBuilder text = new StringBuilder(first);
    int count = 1;
    while (count < lines.size()) {
      String line = line(lines.get(count));
      if (isFull(size + text.length(), line)) {
        break;
      }
      text.append(line);
      count++;
    }
    append(size, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    return count;
  }

  private boolean isFull(long size, String line) {
    return size > 0 && size + line.length() > rollAtBytes;
  }

  private static String line(AuditThread.Entry entry) {
    String level =
        switch (entry.event().outcome()) {
          case FAILURE -> "ERROR";
          case SUCCESS, INVOKED -> "INFO";
        };
    return TIME.format(Instant.ofEpochMilli(entry.timeMs()))
        + " "
        + level
        + " o.a.z.a.Slf4jAuditLogger: "
        + entry.event().line()
        + "\n";
  }

  private void append(long size, ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      try {
        channel.truncate(size);
      } catch (IOException ignored) {
        LOG.debug("The end of {} may be half a line", path, ignored);
      }
      throw e;
    }
  }

  private void open() throws IOException {
    channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
            rights());
    key = keyOf(path);
    lookedNanos = System.nanoTime();
  }

  /** Of a new file: it tells who did what, which is nobody else's business. */
  private FileAttribute<?>[] rights() {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
        }
        : new FileAttribute<?>[0];
  }

  /** Sees whether the file is in its place still. */
  private void look(boolean now) throws IOException {
    if (channel == null) {
      open();
    } else if (now || System.nanoTime() - lookedNanos > LOOK_NANOS) {
      lookedNanos = System.nanoTime();
      if (!Objects.equals(key, keyOf(path))) {
        channel.close();
        channel = null;
        open();
      }
    }
  }

  private static Object keyOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Begins the next file; if that cannot be, this one grows on. */
  private void roll() throws IOException {
    try {
      for (int i = filesMax - 1; i >= 1; i--) {
        if (Files.exists(numbered(i))) {
          Files.move(numbered(i), numbered(i + 1), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      Files.move(path, numbered(1), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("{} is full and cannot be renamed, it grows on: {}", path, CauseWords.of(e));
      rollAtBytes = channel.size() + bytesMax;
      return;
    }
    rollAtBytes = bytesMax;
    channel.close();
    channel = null;
    open();
  }

  private Path numbered(int number) {
    return path.resolveSibling(path.getFileName() + "." + number);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.force(false);
      channel.close();
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
