package io.paddock.oracle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A file system of a few megabytes that can be filled up: a tmpfs, which needs root. */
final class SmallDisk implements AutoCloseable {
  private static final int ROOM_LEFT = 200_000;

  private final Path folder;

  /** Mounts it; where that is not allowed the test is skipped. */
  SmallDisk(Path folder, int megabytes) {
    this(folder, "size=" + megabytes + "m");
  }

  private SmallDisk(Path folder, String options) {
    this.folder = folder;
    boolean mounted = run("mount", "-t", "tmpfs", "-o", options, "paddock", folder.toString());
    Assumptions.assumeTrue(mounted, "mounting a small tmpfs needs root");
  }

  /** One with room for so many files, of whatever length. */
  static SmallDisk ofFiles(Path folder, int files) {
    return new SmallDisk(folder, "size=64m,nr_inodes=" + files);
  }

  /** Makes files until there can be no more. */
  void takeAllInodes() {
    try {
      for (int i = 0; ; i++) {
        Files.createFile(folder.resolve("inode" + i));
      }
    } catch (IOException full) {
      // That was the last one.
    }
  }

  void giveInodes() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("inode")).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes nearly all room there is. */
  void fillUp() {
    try {
      long room = Files.getFileStore(folder).getUsableSpace();
      Files.write(hog(), new byte[(int) Math.max(0, room - ROOM_LEFT)]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void makeRoom() {
    try {
      Files.delete(hog());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path hog() {
    return folder.resolve("hog");
  }

  @Override
  public void close() {
    run("umount", "-l", folder.toString());
  }

  /** Whether a command of the system succeeds. */
  static boolean run(String... command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
