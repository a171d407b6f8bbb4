package io.paddock.config;

import io.netty.channel.ConnectTimeoutException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * A failure in words, to stand in a message: never {@code null}, and not the bare path or nothing
 * that many of Java's exceptions have for a message.
 */
public final class CauseWords {
  private CauseWords() {}

  /** Why it failed, without a full stop. */
  public static String of(Throwable failure) {
    boolean wraps =
        failure instanceof UncheckedIOException
            || failure instanceof CompletionException
            || failure instanceof ExecutionException;
    if (wraps && failure.getCause() != null) {
      return of(failure.getCause());
    }
    if (failure instanceof FileSystemException file) {
      return ofFile(file);
    }
    String known = ofKind(failure);
    if (known != null) {
      return known;
    }
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return spelledOut(failure.getClass());
    }
    return failure instanceof Error || failure instanceof RuntimeException
        ? spelledOut(failure.getClass()) + " (" + message + ")"
        : ofBind(message);
  }

  /**
   * Why a file could not be read, with its name, which some of Java's exceptions leave out; without
   * a full stop.
   */
  public static String ofReading(Path file, IOException failure) {
    if (Files.isDirectory(file)) {
      return file + ": it is a directory, not a file";
    }
    boolean named = failure instanceof FileSystemException of && of.getFile() != null;
    return (named ? "" : file + ": ") + of(failure);
  }

  private static String ofKind(Throwable failure) {
    if (failure instanceof UnknownHostException) {
      return "no such host" + (failure.getMessage() == null ? "" : ": " + failure.getMessage());
    }
    if (failure instanceof UnresolvedAddressException) {
      return "no such host";
    }
    if (failure instanceof ConnectTimeoutException || failure instanceof SocketTimeoutException) {
      return "no answer in time";
    }
    if (failure instanceof TimeoutException) {
      return "it took too long";
    }
    if (failure instanceof ClosedChannelException) {
      return "the connection or file was closed meanwhile";
    }
    if (failure instanceof EOFException) {
      return "it ended too early";
    }
    if (failure instanceof InterruptedException || failure instanceof CancellationException) {
      return "it was broken off";
    }
    return null;
  }

  private static String ofFile(FileSystemException failure) {
    String why;
    if (failure instanceof NoSuchFileException) {
      why = "there is no such file or directory";
    } else if (failure instanceof AccessDeniedException) {
      why = "permission denied";
    } else if (failure instanceof FileAlreadyExistsException) {
      why = "it is there already";
    } else if (failure instanceof NotDirectoryException) {
      why = "it is not a directory";
    } else if (failure instanceof DirectoryNotEmptyException) {
      why = "the directory is not empty";
    } else {
      why = failure.getReason() == null ? spelledOut(failure.getClass()) : failure.getReason();
    }
    return failure.getFile() == null ? why : failure.getFile() + ": " + why;
  }

  /** What the system says of an address that cannot be bound, with what it may mean. */
  private static String ofBind(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("cannot assign requested address")) {
      return "it is no address of this machine";
    }
    if (lower.contains("address already in use")) {
      return "the port is in use";
    }
    return message;
  }

  /** {@code ClosedSelectorException} as "closed selector". */
  private static String spelledOut(Class<?> kind) {
    String name = kind.getSimpleName().replaceFirst("(Exception|Error)$", "");
    if (name.equals("IO")) {
      return "an input or output error";
    }
    if (name.isEmpty()) {
      return "an unknown failure";
    }
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }
}
