package io.paddock.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files and directories that nobody but this user can read, from the moment they are there; none is
 * ever written over. Where a file system knows no rights, they have those that it gives.
 */
final class SecretFiles {
  private static final String LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

  private static final String UNFINISHED = ".making-";
  private static final int PASSWORD_CHARS = 24;

  private SecretFiles() {}

  /** A directory, with those above it. */
  static void directory(Path directory) throws IOException {
    Files.createDirectories(directory, rights("rwx------"));
  }

  /** A new directory for what is not finished yet, in that one. */
  static Path workshop(Path directory) throws IOException {
    return Files.createTempDirectory(directory, UNFINISHED);
  }

  /** Those that are left in a directory, which need not be there. */
  static List<Path> workshops(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(path -> path.getFileName().toString().startsWith(UNFINISHED)).toList();
    }
  }

  /** A file that may be there already. */
  static FileChannel openOrCreate(Path file) throws IOException {
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), rights("rw-------"));
  }

  /**
   * A new file.
   *
   * @throws java.nio.file.FileAlreadyExistsException when it is there
   */
  static OutputStream create(Path file) throws IOException {
    return Channels.newOutputStream(
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            rights("rw-------")));
  }

  /** A new file with this text. */
  static void write(Path file, String text) throws IOException {
    try (OutputStream out = create(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static FileAttribute<?>[] rights(String rights) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }

  /** A password that nobody guesses, of letters and digits that nobody mistakes. */
  static String newPassword() {
    SecureRandom random = new SecureRandom();
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < PASSWORD_CHARS; i++) {
      password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return password.toString();
  }
}
